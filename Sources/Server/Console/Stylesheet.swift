/// How the console looks: the system's own letters, colours with a contrast of at least 4.5 to 1, one column on a phone,
/// black on white on paper.
enum Stylesheet {
    static let source = """
        :root { --ink: #1b1f24; --soft: #4d5661; --line: #c9d0d8; --paper: #fff; --ground: #f3f5f8; --blue: #1d4f91;
          --blue-soft: #e6eef8; --red: #a61b1b; --red-soft: #fdecec; --amber: #7a4b00; --amber-soft: #fff3dc;
          --green: #17612f; --green-soft: #e5f4ea; }
        * { box-sizing: border-box; }
        html { font: 16px/1.55 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", system-ui,
          sans-serif; color: var(--ink); background: var(--ground); }
        body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; }
        h1 { font-size: 1.5rem; margin: 0 0 1rem; } h2 { font-size: 1.15rem; margin: 0 0 .6rem; }
        h3 { font-size: 1rem; margin: 1rem 0 .4rem; } p { margin: .4rem 0; overflow-wrap: anywhere; }
        li, summary, legend { overflow-wrap: anywhere; }
        a { color: var(--blue); } a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible,
        textarea:focus-visible, summary:focus-visible { outline: 3px solid #f0a202; outline-offset: 1px; }
        main { flex: 1; width: 100%; max-width: 82rem; margin: 0 auto; padding: 1.2rem 1rem 2rem; }
        .skip { position: absolute; left: -60rem; } .skip:focus { left: .5rem; top: .5rem; background: #fff; padding: .5rem;
          z-index: 2; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          white-space: nowrap; }
        .bar { background: var(--blue); color: #fff; display: flex; flex-wrap: wrap; align-items: center;
          gap: .3rem 1rem; padding: .5rem 1rem; }
        .bar a { color: #fff; } .bar .office { font-weight: 600; }
        .bar nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem; margin: 0; padding: 0; }
        .bar nav a { display: block; padding: .35rem .65rem; text-decoration: none; border-radius: .3rem; }
        .bar nav a:hover { background: #163f76; }
        .bar nav a[aria-current] { background: #fff; color: var(--blue); font-weight: 600; }
        .tabs a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
        .find { margin-left: auto; } form.find input { width: 15.5rem; max-width: 100%; }
        @media (max-width: 90rem) { html[lang=en] .bar nav a { padding: .35rem .45rem; }
          html[lang=en] form.find input { width: 9rem; } }
        .menu, .heading { display: none; } .who { display: flex; align-items: center; gap: .6rem; }
        .foot { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; justify-content: space-between; padding: .8rem 1rem;
          color: var(--soft); font-size: .85rem; border-top: 1px solid var(--line); background: var(--paper); }
        .panel, .card { background: var(--paper); border: 1px solid var(--line); border-radius: .4rem; padding: 1rem;
          margin: 0 0 1rem; }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .8rem;
          margin: 0 0 1rem; padding: 0; list-style: none; }
        .cards:has(.count) { grid-template-columns: repeat(4, minmax(0, 1fr)); }
        .card { margin: 0; } .card .count { display: block; font-size: 1.8rem; font-weight: 600; line-height: 1.2; }
        .card a { text-decoration: none; display: block; color: inherit; } .card .note { display: block; }
        .columns { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); gap: 1rem; align-items: start; }
        .case { grid-template-rows: auto 1fr; row-gap: 0; } .case > :nth-child(1) { grid-area: 1 / 2; }
        .case > :nth-child(2) { grid-area: 1 / 1 / span 2; } .case > :nth-child(3) { grid-area: 2 / 2; }
        .narrow { max-width: 26rem; margin: 2rem auto; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
        th { background: var(--ground); font-weight: 600; white-space: nowrap; }
        tbody tr:hover { background: #f7f9fc; }
        td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem 1.5rem;
          margin: 0 0 .6rem; }
        .facts dt { color: var(--soft); font-size: .85rem; } .facts dd { margin: 0; overflow-wrap: anywhere; }
        .field { margin: .6rem 0; } .field label, legend { display: block; font-weight: 600; margin-bottom: .2rem; }
        .field small { display: block; } .field small, .hint { color: var(--soft); font-size: .88rem; }
        input, select, textarea, button { font: inherit; color: inherit; }
        input[type=text], input[type=password], input[type=search], input[type=date], input[type=month],
        input[type=number], input[type=file], select, textarea { width: 100%; max-width: 34rem; padding: .4rem .5rem;
          border: 1px solid #7b8794; border-radius: .3rem; background: #fff; color: var(--ink); }
        label input[type=radio], label input[type=checkbox] { margin-right: .4rem; }
        fieldset { border: 1px solid var(--line); border-radius: .3rem; margin: .6rem 0; padding: .6rem .8rem; }
        .buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: .6rem 0 0; }
        button, .button { padding: .45rem 1rem; border-radius: .3rem; border: 1px solid var(--blue); background: #fff;
          color: var(--blue); cursor: pointer; text-decoration: none; display: inline-block; }
        button.primary { background: var(--blue); color: #fff; } button.danger { border-color: var(--red);
          color: var(--red); } button.plain { border-color: #fff; background: transparent; color: #fff; padding: .2rem .6rem; }
        button:hover { filter: brightness(.94); } button[disabled] { opacity: .6; cursor: not-allowed; }
        .badge { display: inline-block; padding: 0 .5rem; border-radius: .8rem; font-size: .85rem; border: 1px solid;
          white-space: nowrap; }
        .late, .grave { color: var(--red); background: var(--red-soft); } .soon { color: var(--amber);
          background: var(--amber-soft); } .fine { color: var(--green); background: var(--green-soft); }
        .mild { color: var(--blue); background: var(--blue-soft); }
        .hint.mild, .hint.soon, .hint.grave, .hint.fine, .done, .problem { padding: .6rem .8rem; border-radius: .3rem;
          border-left: .25rem solid; }
        .done { color: var(--green); background: var(--green-soft); } .problem { color: var(--red);
          background: var(--red-soft); margin: 0 0 1rem; } .problem .hint { color: inherit; }
        .empty { color: var(--soft); } .masked { letter-spacing: .05em;
          white-space: nowrap; }
        .timeline { list-style: none; margin: 0; padding: 0 0 0 1rem; border-left: 3px solid var(--line); }
        .timeline > li { margin: 0 0 .9rem; position: relative; }
        .tabs, .pages, .filters { display: flex; flex-wrap: wrap; gap: .4rem .9rem; align-items: end; margin: 0 0 1rem;
          padding: 0; list-style: none; }
        .filters .filters, .panel > :last-child { margin-bottom: 0; } main > .hint { margin-bottom: .9rem; }
        main > .scroll, main > form > .scroll, main > form > fieldset { background: var(--paper);
          border: 1px solid var(--line); border-radius: .4rem; margin-bottom: 1rem; }
        .filters .field { margin: 0; } .filters .buttons { margin: 0; }
        .filters input, .filters select { width: auto; min-width: 9rem; }
        .source { font-size: .75rem; line-height: 1; padding: 0 .2rem; border: 1px solid var(--line); border-radius: .2rem;
          color: var(--soft); text-decoration: none; white-space: nowrap; } .acts { white-space: nowrap; }
          main > details { margin: 0 0 1rem; } .source:hover, .source:focus { color: var(--blue);
          border-color: var(--blue); }
        .photos { list-style: none; display: flex; flex-wrap: wrap; gap: .8rem; margin: 0; padding: 0; }
        .photos img { display: block; width: 10rem; height: 7.5rem; object-fit: cover; border-radius: .3rem; }
        [aria-invalid=true] { border-color: var(--red); outline: 1px solid var(--red); } .error { color: var(--red);
          font-weight: 600; margin: .2rem 0; } .problem:focus { outline: none; }
        .code { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
        del { color: var(--red); } ins { color: var(--green); text-decoration: none; font-weight: 600; }
        summary { cursor: pointer; color: var(--blue); } figure { margin: 0 0 1rem; } .chart svg { max-width: 100%;
          height: auto; }
        .clocks { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem;
          padding: .3rem 0; background: var(--ground); }
        .clock { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; padding: .35rem .8rem; margin: 0;
          border-radius: .3rem; border-left: .25rem solid; }
        .step { border-top: 1px solid var(--line); padding: .6rem 0; } .step:first-of-type { border-top: none; }
        .step p { margin: .2rem 0; } .reasons { margin: .2rem 0 .4rem; padding-left: 1.2rem; }
        .evidence { display: flex; flex-wrap: wrap; gap: .5rem; margin: .4rem 0; }
        .evidence img { max-width: 10rem; max-height: 8rem; border: 1px solid var(--line); border-radius: .3rem; }
        .panel { scroll-margin-top: 4rem; } div.buttons { align-items: center; } .field small { display: block; } .buttons form .buttons { margin: 0; }
        details { margin: .5rem 0; } .card h3 { margin-top: 0; } .card ul { padding-left: 1.2rem; margin: .3rem 0; }
        .scroll + .scroll { margin-top: .8rem; }
        @media (max-width: 48rem) { .cards, .cards:has(.count) { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .columns { grid-template-columns: minmax(0, 1fr); } .case > :nth-child(n) { grid-area: auto; } .find { margin-left: 0; }
          form.find, form.find input { width: 100%; } main { padding: .8rem .6rem 2rem; } h1 { font-size: 1.3rem; }
          .bar { padding: .4rem .6rem; } .bar .language { order: 1; } .bar nav, .bar .who, .bar form.find { order: 2; }
          .bar nav, .bar .who { display: none; width: 100%; }
          .menu:checked ~ nav { display: block; } .menu:checked ~ .who { display: flex; }
          input.menu { display: block; appearance: none; margin: 0 -.6rem 0 auto; width: 2.6rem; height: 2.6rem;
            border-radius: .3rem; cursor: pointer; text-align: center; line-height: 2.6rem; }
          input.menu::before { content: "\\2630"; } input.menu:checked::before { content: "\\2715"; }
          label.menu { display: block; cursor: pointer; }
          .panel, .card { padding: .7rem; } .card .count { font-size: 1.5rem; }
          .scroll table { width: max-content; min-width: 100%; } .scroll td { max-width: 14rem; overflow-wrap: anywhere; }
          .scroll tr > :first-child { position: sticky; left: 0; max-width: 8.5rem; background: var(--paper);
            border-right: 1px solid var(--line); overflow-wrap: anywhere; white-space: normal; }
          .scroll thead tr > :first-child { background: var(--ground); }
          .stack table { width: 100%; } .stack thead { display: none; }
          .stack tr { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); padding: .4rem 0;
            border-bottom: 1px solid var(--line); }
          .stack td { border: none; max-width: none; padding: .2rem .6rem; text-align: left; }
          .stack td:empty { display: none; }
          .stack tr > :first-child { position: static; grid-column: 1 / -1; max-width: none; border: none;
            font-weight: 600; } .stack td:nth-child(2):nth-last-child(4) { grid-column: 1 / -1; }
          .stack .heading { display: block; color: var(--soft); font-size: .8rem; }
          button, .bar nav a { min-height: 2.6rem; } }
        @media print { .bar, .foot, .skip, form, .buttons, .pages, .filters, .tabs { display: none; }
          html { background: #fff; font-size: 10.5pt; } .panel, .card { border: none; padding: 0; break-inside: avoid; }
          .scroll { overflow: visible; } thead { display: table-header-group; } tr { break-inside: avoid; }
          a { color: inherit; text-decoration: none; } main { max-width: none; padding: 0; } }
        """
}
