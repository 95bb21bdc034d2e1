"""How pictures look, by day and by night. Plain classes and no variables: not only browsers draw SVG."""

from __future__ import annotations

DAY = """
.box{stroke-width:1.5}.question{fill:#e8f1fd;stroke:#2f6fd0}.message{fill:#fff;stroke:#8a97ab}
.model{fill:#f3e9fd;stroke:#8246c8}.branch{fill:#fff6da;stroke:#b58900}.record{fill:#e7f6ec;stroke:#2c8a4b}
.scenario{fill:#fdebe3;stroke:#c8582a}.loop{fill:#fff6da;stroke:#b58900;stroke-dasharray:6 3}
.notice{fill:#e7f6ec;stroke:#2c8a4b}.step{fill:#fff;stroke:#8a97ab}.start,.end{fill:#24324a;stroke:#24324a}
.ground{fill:#fff}
text{font:13px system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#1b2433;text-anchor:middle}
text.light{fill:#fff}text.choice{fill:#1f56b0}text.label{font-size:12px;fill:#44506a}
text.figure{font-size:12px;fill:#44506a}text.lost{font-size:12px;font-weight:600;fill:#c4262e}
text.count{font-size:12px;font-weight:700;fill:#1b2433}text.left{text-anchor:start}
.arrow{fill:none;stroke:#6b788e;stroke-width:1.4}.tip{fill:#6b788e}.never{stroke-dasharray:3 4;opacity:.6}
.plate{fill:#fff;opacity:.9}.people{fill:#b04a1f}text.people{font-size:12px;font-weight:600;fill:#fff}
.box.losing{stroke:#c4262e;stroke-width:3}a text{text-decoration:underline}
"""
NIGHT = """
.question{fill:#182a45;stroke:#6ea4f4}.message,.step{fill:#232a36;stroke:#8a97ab}.model{fill:#2c1f41;stroke:#b78af0}
.branch,.loop{fill:#362d12;stroke:#d9ab2b}.record,.notice{fill:#16321f;stroke:#5cbd7d}
.scenario{fill:#3d2318;stroke:#ee8a5e}.start,.end{fill:#dfe5ef;stroke:#dfe5ef}.ground{fill:#161b24}
text{fill:#e6eaf2}text.light{fill:#161b24}text.choice{fill:#8fb9f8}text.label,text.figure{fill:#b4bfd1}
text.lost{fill:#ff8a8a}text.count{fill:#fff}.arrow{stroke:#8f9db4}.tip{fill:#8f9db4}.plate{fill:#161b24}
.box.losing{stroke:#ff6b6b}
"""
STYLE = f"{DAY}@media (prefers-color-scheme:dark){{{NIGHT}}}".replace("\n", "")
PAGE = """
body{margin:0;font:15px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:#1b2433;background:#f5f6f9}
header{background:#24324a;color:#fff;padding:18px 28px}h1{margin:0 auto;font-size:22px;max-width:1168px}
main{max-width:1200px;margin:0 auto;padding:8px 16px 40px}
nav{display:flex;flex-wrap:wrap;gap:8px;margin:14px 0}nav a{background:#fff;border:1px solid #d5dae4;
border-radius:16px;padding:3px 12px;text-decoration:none;color:#24324a}
section{background:#fff;border:1px solid #d5dae4;border-radius:10px;margin:18px 0;padding:14px 20px;
scroll-margin-top:12px}
section:target{border-color:#2f6fd0;box-shadow:0 0 0 1px #2f6fd0}
h2{margin:4px 0;font-size:18px}p{margin:2px 0 8px;color:#5a667c}
.picture{overflow-x:auto;text-align:center}.picture svg{max-width:100%;height:auto}
.legend{display:flex;flex-wrap:wrap;gap:6px 18px;margin:0;padding:0;list-style:none;color:#5a667c;font-size:14px}
table{border-collapse:collapse;margin:10px 0 2px;font-size:14px;width:100%}.figures{overflow-x:auto}
td,th{text-align:right;padding:4px 10px;border-top:1px solid #e4e8ef;white-space:nowrap}
th{color:#5a667c;font-weight:500}td:first-child,th:first-child{text-align:left;white-space:normal;min-width:180px}
td.lost{color:#c4262e;font-weight:600}
@media (max-width:600px){header{padding:14px 16px}main{padding:4px 8px 24px}section{padding:10px 12px}}
@media (prefers-color-scheme:dark){body{background:#0f131a;color:#e6eaf2}header{background:#1b2433}
section{background:#161b24;border-color:#2e3747}nav a{background:#161b24;border-color:#2e3747;color:#dfe5ef}
p,.legend,th{color:#a7b3c6}td,th{border-color:#2a3342}td.lost{color:#ff8a8a}
section:target{border-color:#6ea4f4;box-shadow:0 0 0 1px #6ea4f4}}
""".replace("\n", "")
