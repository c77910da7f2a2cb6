/** The page's look; its hash stands in the page's content policy. Logical sides only: the page is written in both directions. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ground:#f2f4f7;--ink:#1a2230;--soft:#4a5568;--line:#c3cad5;--main:#1d4ed8;--on-main:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#1b2230;--ground:#10151f;--ink:#edf1f7;--soft:#b6c0cf;--line:#46536a;--main:#9dbcff;--on-main:#0b1530}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic",sans-serif}
main{width:100%;max-width:30rem;padding:2rem;background:var(--paper);border:1px solid var(--line);border-radius:.75rem;overflow-wrap:anywhere}
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.3}
p{margin:0 0 1.25rem;color:var(--soft)}
.sender{margin:0 0 .75rem;font-weight:600}
.aside{margin:1.5rem 0 .75rem}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;border-radius:.5rem;border:1px solid var(--main);cursor:pointer;max-width:100%}
.main{background:var(--main);color:var(--on-main)}
.quiet{background:transparent;color:var(--main)}
:focus-visible{outline:3px solid var(--main);outline-offset:2px}
details{margin-block-start:1.5rem}
summary{min-height:1.75rem;color:var(--soft);cursor:pointer}
details form{margin-block-start:.75rem}
nav{margin-block-start:1.5rem;padding-block-start:1rem;border-block-start:1px solid var(--line)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:0;padding:0;list-style:none}
nav a,nav span{display:inline-block;padding-block:.25rem}
nav a{color:var(--main)}
nav span{color:var(--soft)}
@media (max-width:26rem){body{padding:.75rem}main{padding:1.25rem}.main{width:100%}}
@media (forced-colors:active){button{border-color:ButtonText}}
`;
