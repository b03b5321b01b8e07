import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scan } from '../../../../src/secrets/detector/scan.ts';
import { applyChanges } from '../../../../src/secrets/edits/change.ts';
import { LANGUAGES } from '../../../../src/secrets/languages/registry.ts';
import { replaceKey, variableFor } from '../../../../src/secrets/languages/replace-key.ts';
import { fromTemplate, productionKey } from '../detector/made-keys.ts';

/** The text after the fix; undefined if none is offered. */
function fixed(languageId: string, fileName: string, template: string): string | undefined {
  const { text } = fromTemplate(template);
  const [finding] = scan(text);
  assert.ok(finding, `no finding in ${template}`);
  const replacement = replaceKey({ text, finding, languageId, fileName, variable: variableFor(finding.kind) });
  return replacement && applyChanges(text, replacement.changes);
}

type Case = readonly [before: string, after: string | undefined];

function table(title: string, languageId: string, fileName: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const [before, after] of cases) {
      it(`${after === undefined ? 'offers no fix for' : 'fixes'} ${JSON.stringify(before)}`, () => {
        assert.equal(fixed(languageId, fileName, before), after);
      });
    }
  });
}

table('JavaScript', 'javascript', 'src/a.js', [
  ['const key = "<P>";', 'const key = process.env.TRUEWORK_API_KEY;'],
  ["const key = '<S>';", 'const key = process.env.TRUEWORK_SANDBOX_API_KEY;'],
  ['const key = `<P>`;', 'const key = process.env.TRUEWORK_API_KEY;'],
  ['h = { Authorization: "Bearer <P>" };', 'h = { Authorization: `Bearer ${process.env.TRUEWORK_API_KEY}` };'],
  ['h = { Authorization: `Bearer <P>` };', 'h = { Authorization: `Bearer ${process.env.TRUEWORK_API_KEY}` };'],
  ["a = `x ${f('<P>')} y`;", 'a = `x ${f(process.env.TRUEWORK_API_KEY)} y`;'],
  ['a = \'{"k":"<P>","t":"`${x}"}\';', 'a = `{"k":"${process.env.TRUEWORK_API_KEY}","t":"\\`\\${x}"}`;'],
  ["a = 'it\\'s <P>'", "a = `it\\'s ${process.env.TRUEWORK_API_KEY}`"],
  ['a = "Bearer " + "<P>" + b', 'a = "Bearer " + process.env.TRUEWORK_API_KEY + b'],
  ['owners = { "<P>": 1 }', 'owners = { [process.env.TRUEWORK_API_KEY]: 1 }'],
  ['owners = { "x-<P>": 1 }', 'owners = { [`x-${process.env.TRUEWORK_API_KEY}`]: 1 }'],
  ['x = ok ? "<P>" : ""', 'x = ok ? process.env.TRUEWORK_API_KEY : ""'],
  ['const r = /["\']/; const k = "<P>";', 'const r = /["\']/; const k = process.env.TRUEWORK_API_KEY;'],
  ['const r = a / b; // "\nconst k = "<P>";', 'const r = a / b; // "\nconst k = process.env.TRUEWORK_API_KEY;'],
  ['const r = sql`<P>`;', 'const r = sql`${process.env.TRUEWORK_API_KEY}`;'],
  ['// Authorization: Bearer <P>', '// Authorization: Bearer TRUEWORK_API_KEY'],
  ["/* it's <P> */ f()", "/* it's TRUEWORK_API_KEY */ f()"],
  ['const r = /<P>/', undefined],
]);

table('TypeScript', 'typescript', 'src/a.ts', [
  ['const key: string = "<P>";', 'const key: string = process.env.TRUEWORK_API_KEY!;'],
  ['const h = "Bearer <P>";', 'const h = `Bearer ${process.env.TRUEWORK_API_KEY}`;'],
]);

table('React', 'javascriptreact', 'src/a.jsx', [
  ['<Client apiKey="<P>" />', '<Client apiKey={process.env.TRUEWORK_API_KEY} />'],
  ['<Client on={1} auth="Bearer <P>" />', '<Client on={1} auth={`Bearer ${process.env.TRUEWORK_API_KEY}`} />'],
  ["<p>Don't: <P></p>", "<p>Don't: {process.env.TRUEWORK_API_KEY}</p>"],
  ['const a = "<P>"', 'const a = process.env.TRUEWORK_API_KEY'],
]);

table('Vue and Svelte', 'vue', 'src/a.vue', [
  [
    '<script lang="ts">\nconst k = "<P>"\n</script>\n',
    '<script lang="ts">\nconst k = process.env.TRUEWORK_API_KEY!\n</script>\n',
  ],
  [
    "<template>isn't</template><script>\nconst k = `a<P>`\n</script>",
    "<template>isn't</template><script>\nconst k = `a${process.env.TRUEWORK_API_KEY}`\n</script>",
  ],
  ['<script></script><template><a b="<P>"/></template>', undefined],
]);

table('Python', 'python', 'a.py', [
  ['import os\nk = "<P>"\n', 'import os\nk = os.environ["TRUEWORK_API_KEY"]\n'],
  ['import sys, os.path\nk = "<P>"\n', 'import sys, os.path\nk = os.environ["TRUEWORK_API_KEY"]\n'],
  ["import requests\n\nk = '<P>'\n", 'import os\nimport requests\n\nk = os.environ["TRUEWORK_API_KEY"]\n'],
  ['k = "<P>"\n', 'import os\n\nk = os.environ["TRUEWORK_API_KEY"]\n'],
  [
    '#!/usr/bin/env python\n"""Doc. import os"""\nfrom __future__ import annotations\n\nfrom x import y\nk = "<P>"\n',
    '#!/usr/bin/env python\n"""Doc. import os"""\nfrom __future__ import annotations\n\nimport os\nfrom x import y\nk = os.environ["TRUEWORK_API_KEY"]\n',
  ],
  ['import os\nh = {"A": "Bearer <P>"}', 'import os\nh = {"A": f"Bearer {os.environ[\'TRUEWORK_API_KEY\']}"}'],
  [
    "import os\nh = 'Bearer <P> {}'.format(1)",
    'import os\nh = f\'Bearer {os.environ["TRUEWORK_API_KEY"]} {{}}\'.format(1)',
  ],
  ['import os\nh = f"{a} <P>"', 'import os\nh = f"{a} {os.environ[\'TRUEWORK_API_KEY\']}"'],
  ['import os\nh = r"\\d <P>"', 'import os\nh = fr"\\d {os.environ[\'TRUEWORK_API_KEY\']}"'],
  ['import os\nh = """a "b"\n<P>\n"""', 'import os\nh = f"""a "b"\n{os.environ[\'TRUEWORK_API_KEY\']}\n"""'],
  ['import os\nh = b"<P>"', 'import os\nh = os.environ["TRUEWORK_API_KEY"].encode()'],
  ['import os\nh = b"Bearer <P>"', 'import os\nh = (b"Bearer " + os.environ["TRUEWORK_API_KEY"].encode())'],
  ['# don\'t\nimport os\nh = "" + "<P>"', '# don\'t\nimport os\nh = "" + os.environ["TRUEWORK_API_KEY"]'],
]);

table('Ruby', 'ruby', 'a.rb', [
  ['KEY = "<P>"', 'KEY = ENV.fetch("TRUEWORK_API_KEY")'],
  ['h = "Bearer <P>"', 'h = "Bearer #{ENV.fetch("TRUEWORK_API_KEY")}"'],
  ['h = \'say "#{x}" <P>\'', 'h = "say \\"\\#{x}\\" #{ENV.fetch("TRUEWORK_API_KEY")}"'],
  ["s = <<~EOS\n  it's <P>\nEOS\n", 's = <<~EOS\n  it\'s #{ENV.fetch("TRUEWORK_API_KEY")}\nEOS\n'],
  ["s = <<~'EOS'\n  <P>\nEOS\n", undefined],
  ['a = %w(<P>)', undefined],
]);

table('Go', 'go', 'main.go', [
  [
    'package main\n\nimport (\n\t"fmt"\n\t"strings"\n)\n\nvar key = "<P>"\n',
    'package main\n\nimport (\n\t"fmt"\n\t"os"\n\t"strings"\n)\n\nvar key = os.Getenv("TRUEWORK_API_KEY")\n',
  ],
  [
    'package main\n\nimport (\n\t"fmt"\n\n\t"github.com/x/y"\n)\n\nvar key = "<P>"\n',
    'package main\n\nimport (\n\t"fmt"\n\t"os"\n\n\t"github.com/x/y"\n)\n\nvar key = os.Getenv("TRUEWORK_API_KEY")\n',
  ],
  [
    'package main\n\nimport "os"\n\nfunc f() { g("Bearer " + "<P>") }\n',
    'package main\n\nimport "os"\n\nfunc f() { g("Bearer " + os.Getenv("TRUEWORK_API_KEY")) }\n',
  ],
  [
    'package main\n\nimport "fmt"\n\nconst key = "<P>"\n',
    'package main\n\nimport "fmt"\nimport "os"\n\nvar key = os.Getenv("TRUEWORK_API_KEY")\n',
  ],
  [
    'package main\n\nvar h = `Bearer <P>;`\n',
    'package main\n\nimport "os"\n\nvar h = `Bearer ` + os.Getenv("TRUEWORK_API_KEY") + `;`\n',
  ],
  [
    'package a\n\nimport "os"\n\nconst (\n\tx = 1\n\tkey string = "<P>" // mine\n)\n\nfunc f() {}\n',
    'package a\n\nimport "os"\n\nconst (\n\tx = 1\n)\n\nvar key string = os.Getenv("TRUEWORK_API_KEY")\n\nfunc f() {}\n',
  ],
  ['package a\n\nconst (\n\tx = iota\n\tkey = "<P>"\n)\n', undefined],
]);

table('Java', 'java', 'A.java', [
  ['static final String K = "<P>";', 'static final String K = System.getenv("TRUEWORK_API_KEY");'],
  [
    'b.header("Authorization", "Bearer <P>")',
    'b.header("Authorization", "Bearer " + System.getenv("TRUEWORK_API_KEY"))',
  ],
  ['byte[] b = "Bearer <P>".getBytes();', 'byte[] b = ("Bearer " + System.getenv("TRUEWORK_API_KEY")).getBytes();'],
  ['@Value("<P>") String k;', '@Value("${TRUEWORK_API_KEY}") String k;'],
  ['@Foo("<P>") String k;', undefined],
  [
    'var j = """\n  {"k": "<P>", "p": "5%"}\n  """;',
    'var j = """\n  {"k": "%s", "p": "5%%"}\n  """.formatted(System.getenv("TRUEWORK_API_KEY"));',
  ],
]);

table('Kotlin', 'kotlin', 'A.kt', [
  ['const val KEY = "<P>"', 'val KEY = System.getenv("TRUEWORK_API_KEY")'],
  ['val h = "Bearer <P>"', 'val h = "Bearer ${System.getenv("TRUEWORK_API_KEY")}"'],
]);

table('C#', 'csharp', 'A.cs', [
  ['using System;\nvar k = "<P>";', 'using System;\nvar k = Environment.GetEnvironmentVariable("TRUEWORK_API_KEY");'],
  [
    'using System.Text;\n\nclass A { }\nvar k = "<P>";',
    'using System;\nusing System.Text;\n\nclass A { }\nvar k = Environment.GetEnvironmentVariable("TRUEWORK_API_KEY");',
  ],
  ['// A\nvar k = "<P>";', '// A\nusing System;\n\nvar k = Environment.GetEnvironmentVariable("TRUEWORK_API_KEY");'],
  [
    'using System;\n  private const string K = "<P>";',
    'using System;\n  private static readonly string K = Environment.GetEnvironmentVariable("TRUEWORK_API_KEY");',
  ],
  [
    'using System;\n  const string k = "<P>";',
    'using System;\n  string k = Environment.GetEnvironmentVariable("TRUEWORK_API_KEY");',
  ],
  [
    'using System;\nvar k = $"Bearer <P> {x}";',
    'using System;\nvar k = $"Bearer " + Environment.GetEnvironmentVariable("TRUEWORK_API_KEY") + $" {x}";',
  ],
  [
    'using System;\nvar k = @"c:\\ ""q"" <P>";',
    'using System;\nvar k = @"c:\\ ""q"" " + Environment.GetEnvironmentVariable("TRUEWORK_API_KEY");',
  ],
  ['using System;\n[Key("<P>")]', undefined],
]);

table('PHP', 'php', 'a.php', [
  ["<?php\n$k = '<P>';", "<?php\n$k = getenv('TRUEWORK_API_KEY');"],
  ['<?php\n$k = "Bearer <P> $x";', '<?php\n$k = "Bearer " . getenv(\'TRUEWORK_API_KEY\') . " $x";'],
  ["<?php\nconst KEY = '<P>';", "<?php\ndefine('KEY', getenv('TRUEWORK_API_KEY'));"],
  ["<?php\nclass A {\n  private string $k = '<P>';", undefined],
  ["<?php\nclass A {\n  const K = '<P>';", undefined],
  ["<?php\nfunction f($k = '<P>') {}", undefined],
  ['<?php\n$x = <<<EOT\n  a <P>\n  EOT;', "<?php\n$x = <<<EOT\n  a {$_ENV['TRUEWORK_API_KEY']}\n  EOT;"],
  ["<p>it's <P></p><?php f() ?>", "<p>it's <?= getenv('TRUEWORK_API_KEY') ?></p><?php f() ?>"],
]);

const RUST_VALUE = 'std::env::var("TRUEWORK_API_KEY").expect("TRUEWORK_API_KEY is not set")';
table('Rust', 'rust', 'a.rs', [
  ['let k = "<P>";', `let k = &${RUST_VALUE};`],
  ['let k = "<P>".to_string();', `let k = ${RUST_VALUE}.to_string();`],
  ['let k = String::from("<P>");', `let k = String::from(${RUST_VALUE});`],
  ['f("Bearer <P> {}")', `f(&format!("Bearer {} {{}}", ${RUST_VALUE}))`],
  [
    'let h = format!("Bearer <P> {}", x.y(1));',
    `let h = format!("Bearer {truework_api_key} {}", x.y(1), truework_api_key = ${RUST_VALUE});`,
  ],
  ['const K: &str = "<P>";', 'const K: &str = env!("TRUEWORK_API_KEY");'],
  ['let k: &\'static str = r#"a "b" <P>"#;', `let k: &'static str = &format!(r#"a "b" {}"#, ${RUST_VALUE});`],
]);

table('Swift', 'swift', 'A.swift', [
  ['import SwiftUI\nlet k = "<P>"', 'import SwiftUI\nlet k = ProcessInfo.processInfo.environment["TRUEWORK_API_KEY"]!'],
  [
    '// A\nimport Testing\nlet k = "<P>"',
    '// A\nimport Foundation\nimport Testing\nlet k = ProcessInfo.processInfo.environment["TRUEWORK_API_KEY"]!',
  ],
  [
    '// A\nlet h = "Bearer \\(a) <P>"',
    '// A\nimport Foundation\n\nlet h = "Bearer \\(a) \\(ProcessInfo.processInfo.environment["TRUEWORK_API_KEY"]!)"',
  ],
  [
    'import UIKit\nlet h = ##"a "b" <P>"##',
    'import UIKit\nlet h = ##"a "b" \\##(ProcessInfo.processInfo.environment["TRUEWORK_API_KEY"]!)"##',
  ],
  [
    'import UIKit\nlet h = "\\(f("<P>"))"',
    'import UIKit\nlet h = "\\(f(ProcessInfo.processInfo.environment["TRUEWORK_API_KEY"]!))"',
  ],
  ["// it's <P>", "// it's TRUEWORK_API_KEY"],
]);

table('Shell', 'shellscript', 'a.sh', [
  ['KEY=<P>', 'KEY="${TRUEWORK_API_KEY}"'],
  ['export TRUEWORK_API_KEY="<P>"', 'export TRUEWORK_API_KEY="${TRUEWORK_API_KEY:?}"'],
  ['export TRUEWORK_API_KEY=<P>', 'export TRUEWORK_API_KEY="${TRUEWORK_API_KEY:?}"'],
  ['curl -H "Authorization: Bearer <P>" x', 'curl -H "Authorization: Bearer ${TRUEWORK_API_KEY}" x'],
  ["curl -H 'Authorization: Bearer <P>' x", 'curl -H "Authorization: Bearer ${TRUEWORK_API_KEY}" x'],
  ['curl -d \'{"k":"<P>"}\' x', 'curl -d \'{"k":"\'"${TRUEWORK_API_KEY}"\'"}\' x'],
  ['curl -H Authorization:<P> x', 'curl -H Authorization:${TRUEWORK_API_KEY} x'],
  ['x="$(curl -H \'A: <P>\')"', 'x="$(curl -H "A: ${TRUEWORK_API_KEY}")"'],
  ["cat <<EOF\nit's <P>\nEOF\n", "cat <<EOF\nit's ${TRUEWORK_API_KEY}\nEOF\n"],
  ["cat <<'EOF'\n<P>\nEOF\n", undefined],
  ["cat <<EOF\nit's\nEOF\nK='<P>'", 'cat <<EOF\nit\'s\nEOF\nK="${TRUEWORK_API_KEY}"'],
  ["# it's <P>", "# it's $TRUEWORK_API_KEY"],
]);
table('fish', 'fish', 'a.fish', [
  ['set -x KEY "<P>"', 'set -x KEY "$TRUEWORK_API_KEY"'],
  ["curl -H 'A: <P>'", 'curl -H \'A: \'"$TRUEWORK_API_KEY"'],
]);
table('PowerShell', 'powershell', 'a.ps1', [
  ['$k = "<P>"', '$k = $env:TRUEWORK_API_KEY'],
  ['$h = @{ A = "Bearer <P>" }', '$h = @{ A = "Bearer ${env:TRUEWORK_API_KEY}" }'],
  ["$h = 'Bearer <P>'", '$h = "Bearer ${env:TRUEWORK_API_KEY}"'],
  ['f \'{"k":"<P>"}\'', 'f (\'{"k":"\' + $env:TRUEWORK_API_KEY + \'"}\')'],
]);
table('Command prompt', 'bat', 'a.bat', [['set KEY=<P>', 'set KEY=%TRUEWORK_API_KEY%']]);

const DECLARED = '\nvariable "truework_api_key" {\n  type      = string\n  sensitive = true\n}\n';
table('Terraform variable files', 'terraform-vars', 'prod.auto.tfvars', [
  ['key = "<P>"', ''],
  ['a = 1\r\nkey   = "<P>" // ours\r\nb = 2', 'a = 1\r\nb = 2'],
  ['key = "x-<P>"', undefined],
  ['keys = ["<P>"]', undefined],
  ['keys = {\n  a = "<P>"\n}\n', undefined],
  ['# <P>\n', '# TRUEWORK_API_KEY\n'],
]);

table('Terraform', 'terraform', 'a.tf', [
  ['locals {\n  k = "<P>"\n}\n', `locals {\n  k = var.truework_api_key\n}\n${DECLARED}`],
  ['locals {\n  k = "Bearer <P>"\n}\n', `locals {\n  k = "Bearer \${var.truework_api_key}"\n}\n${DECLARED}`],
  [
    'variable "k" {\n  type = string\n  default = "<P>"\n}\n',
    'variable "k" {\n  type = string\n  sensitive = true\n}\n',
  ],
  ['variable "k" {\n  default = "<P>"\n  sensitive = true\n}\n', 'variable "k" {\n  sensitive = true\n}\n'],
]);

table('Dockerfile', 'dockerfile', 'Dockerfile', [
  ['ENV TRUEWORK_API_KEY=<P>\n', 'ENV TRUEWORK_API_KEY=${TRUEWORK_API_KEY}\n'],
  ['ARG KEY="<P>"\nRUN x\n', 'ARG KEY\nRUN x\n'],
  [
    "FROM a\nRUN a && \\\n  curl -H 'A: <P>' x\n",
    'FROM a\nRUN --mount=type=secret,id=TRUEWORK_API_KEY,env=TRUEWORK_API_KEY a && \\\n  curl -H "A: ${TRUEWORK_API_KEY}" x\n',
  ],
  ['CMD ["curl", "<P>"]\n', undefined],
  ['CMD curl <P>\n', 'CMD curl "${TRUEWORK_API_KEY}"\n'],
]);
table('Compose', 'dockercompose', 'compose.yaml', [
  ['environment:\n  KEY: <P>\n', 'environment:\n  KEY: ${TRUEWORK_API_KEY}\n'],
  ['environment:\n  - "KEY=<P>"\n', 'environment:\n  - "KEY=${TRUEWORK_API_KEY}"\n'],
]);
table('GitHub Actions', 'yaml', '/r/.github/workflows/ci.yml', [
  ['env:\n  KEY: <P>\n', 'env:\n  KEY: ${{ secrets.TRUEWORK_API_KEY }}\n'],
  ['env: { KEY: <P> }\n', 'env: { KEY: "${{ secrets.TRUEWORK_API_KEY }}" }\n'],
]);
table('YAML', 'yaml', 'a.yml', [['key: "<P>" # it', 'key: "${TRUEWORK_API_KEY}" # it']]);
table('JSON', 'json', 'a.json', [['{"key":"<P>"}', '{"key":"${TRUEWORK_API_KEY}"}']]);
table("The editor's configuration", 'jsonc', '/r/.vscode/launch.json', [
  ['{"key":"<P>"}', '{"key":"${env:TRUEWORK_API_KEY}"}'],
]);
table('REST Client', 'http', 'a.http', [
  ['Authorization: Bearer <P>', 'Authorization: Bearer {{$dotenv TRUEWORK_API_KEY}}'],
]);
table('.env', 'dotenv', '/r/.env', [['KEY=<P>', undefined]]);
table('.env.example', 'dotenv', '/r/.env.example', [
  ['A=1\nKEY=<P>\n', 'A=1\nKEY=\n'],
  ['export KEY="<P>"\n', 'export KEY=\n'],
  ['# KEY is like <P>\n', '# KEY is like TRUEWORK_API_KEY\n'],
]);
table('A text in an unknown language', 'plaintext', 'notes.txt', [['key <P>', undefined]]);
table('A file recognized by its name only', 'plaintext', 'main.tf', [
  ['a = "<P>"\n', `a = var.truework_api_key\n${DECLARED}`],
]);

describe('Replacing a key', () => {
  it('leaves base64 and a changed text alone', () => {
    const encoded = `key: "${Buffer.from(productionKey(3)).toString('base64')}"`;
    const [wrapped] = scan(encoded);
    assert.equal(wrapped?.encoding, 'base64');
    assert.equal(
      replaceKey({ text: encoded, finding: wrapped, languageId: 'yaml', fileName: 'a.yml', variable: 'K' }),
      undefined,
    );
    const { text } = fromTemplate('a = "<P>"');
    const [finding] = scan(text);
    assert.ok(finding);
    assert.equal(
      replaceKey({ text: ` ${text}`, finding, languageId: 'javascript', fileName: 'a.js', variable: 'K' }),
      undefined,
    );
  });

  const languageIds = LANGUAGES.filter(({ replace }) => replace !== undefined).flatMap(({ ids }) => ids.slice(0, 1));
  const bits = [
    '"',
    "'",
    '`',
    '\\',
    '{',
    '}',
    '$',
    '#',
    '\n',
    ' ',
    '=',
    '(',
    ')',
    '/',
    '*',
    '//',
    '#{',
    '${',
    '"""',
    '<<EOF\n',
    'EOF\n',
    'const a = ',
    'x',
    ';',
    'RUN ',
    '<?php ',
    '<script>',
    '@',
    '%',
  ];
  const around = fc.array(fc.constantFrom(...bits), { maxLength: 25 }).map((parts) => parts.join(''));
  const key = productionKey(7);

  it('removes the key and keeps everything outside its literal, in any text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...languageIds), around, around, (languageId, before, after) => {
        const text = `${before} ${key} ${after}`;
        const [finding] = scan(text);
        if (finding === undefined) return;
        const replacement = replaceKey({ text, finding, languageId, fileName: 'a', variable: 'TRUEWORK_API_KEY' });
        if (replacement === undefined) return;
        const result = applyChanges(text, replacement.changes);
        assert.ok(!result.includes(key));
        assert.equal(scan(result).length, 0);
        assert.ok(replacement.changes.some(({ start, end }) => start <= finding.start && end >= finding.end));
        assert.ok(/TRUEWORK_API_KEY/i.test(result) || replacement.changes.some((change) => change.text === ''));
        const first = Math.min(...replacement.changes.map(({ start }) => start));
        const last = Math.max(...replacement.changes.map(({ end }) => end));
        assert.ok(result.startsWith(text.slice(0, first)) && result.endsWith(text.slice(last)));
      }),
      { numRuns: 6000 },
    );
  });

  it('replaces the key in the largest supported file', () => {
    const text = `${'const a = f("x", `y ${z}`); // it\'s\n'.repeat(27_000)}const k = "${key}";`;
    const [finding] = scan(text);
    assert.ok(finding);
    const replacement = replaceKey({ text, finding, languageId: 'javascript', fileName: 'a.js', variable: 'K' });
    assert.equal(replacement?.changes[0]?.text, 'process.env.K');
  });
});
