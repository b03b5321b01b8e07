import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashKey } from '../../../../src/secrets/detector/allow-list.ts';
import { scan } from '../../../../src/secrets/detector/scan.ts';
import { applyChanges } from '../../../../src/secrets/edits/change.ts';
import { putIntoDotenv, readDotenv, replaceInDotenv } from '../../../../src/secrets/edits/dotenv.ts';
import { ignorePattern, surelyIgnores } from '../../../../src/secrets/edits/gitignore.ts';
import { planAddition, planMove, type MoveFacts } from '../../../../src/secrets/edits/move-to-env.ts';
import { productionKey, sandboxKey } from '../detector/made-keys.ts';

const key = productionKey(1);
const other = productionKey(2);

describe('A .env', () => {
  const put = (text: string) => {
    const { name, changes } = putIntoDotenv(text, 'TRUEWORK_API_KEY', key);
    return [name, applyChanges(text, changes)];
  };

  it('gets the variable at the end', () => {
    assert.deepEqual(put(''), ['TRUEWORK_API_KEY', `TRUEWORK_API_KEY=${key}\n`]);
    assert.deepEqual(put('A=1'), ['TRUEWORK_API_KEY', `A=1\nTRUEWORK_API_KEY=${key}\n`]);
    assert.deepEqual(put('A=1\r\n'), ['TRUEWORK_API_KEY', `A=1\r\nTRUEWORK_API_KEY=${key}\r\n`]);
  });

  it('keeps existing values: the next free name is used', () => {
    const text = `TRUEWORK_API_KEY=${other}\nTRUEWORK_API_KEY_2='${other}'\n`;
    assert.deepEqual(put(text), ['TRUEWORK_API_KEY_3', `${text}TRUEWORK_API_KEY_3=${key}\n`]);
  });

  it('fills a variable that has no value', () => {
    assert.deepEqual(put('TRUEWORK_API_KEY=\nB=2\n'), ['TRUEWORK_API_KEY', `TRUEWORK_API_KEY=${key}\nB=2\n`]);
    assert.deepEqual(put('TRUEWORK_API_KEY="" # ask Ada\n'), [
      'TRUEWORK_API_KEY',
      `TRUEWORK_API_KEY="${key}" # ask Ada\n`,
    ]);
  });

  it('stays unchanged if it contains the key, under any name', () => {
    for (const text of [`MINE=${key}\n`, `export MINE="${key}" # mine\n`, `MINE = '${key}'`])
      assert.deepEqual(put(text), ['MINE', text]);
  });

  it('loses nothing, whatever it contains', () => {
    const line = fc.constantFrom(
      'A=1',
      'TRUEWORK_API_KEY=x',
      'TRUEWORK_API_KEY=',
      'export B="a b"',
      '# TRUEWORK_API_KEY=c',
      '',
      'C',
      'TRUEWORK_API_KEY_2= y # z',
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), (lines, eol) => {
        const text = lines.join(eol);
        const [name, result = ''] = put(text);
        const values = new Map(readDotenv(result).map((each) => [each.name, each.value]));
        assert.equal(values.get(name ?? ''), key);
        const before = readDotenv(text).filter(({ value }) => value !== '');
        const after = readDotenv(result);
        for (const { name: kept, value } of before)
          assert.ok(after.some((each) => each.name === kept && each.value === value));
      }),
    );
  });

  it('gets a new key in place of the old one, and keeps quotes and comments', () => {
    const text = `A="${key}" # mine\nB=${other}\nC=${key}\n`;
    assert.equal(applyChanges(text, replaceInDotenv(text, hashKey(key), 'new')), `A="new" # mine\nB=${other}\nC=new\n`);
  });

  it('gets a new key also within a value and in a comment', () => {
    const text = `HEADER='Bearer ${key}'\r\n# was: ${key}\n`;
    assert.equal(applyChanges(text, replaceInDotenv(text, hashKey(key), 'new')), "HEADER='Bearer new'\r\n# was: new\n");
    assert.deepEqual(replaceInDotenv(text, hashKey(other), 'new'), []);
  });

  it('gets a key that is in no file yet: it is ignored first, no value is overwritten, and the template names the variable', () => {
    const env = { path: '/p/.env', text: 'TRUEWORK_API_KEY=mine\n' };
    const { variable, files } = planAddition(
      {
        env,
        example: { path: '/p/.env.example', text: undefined },
        ignore: { path: '/p/.gitignore', text: undefined, pattern: '.env' },
      },
      'TRUEWORK_API_KEY',
      key,
    );
    assert.equal(variable, 'TRUEWORK_API_KEY_2');
    assert.deepEqual(
      files.map(({ path }) => path),
      ['/p/.gitignore', '/p/.env', '/p/.env.example'],
    );
    const [, change] = files;
    assert.equal(
      change?.kind === 'change' && applyChanges(env.text, change.changes),
      `TRUEWORK_API_KEY=mine\nTRUEWORK_API_KEY_2=${key}\n`,
    );
  });
});

describe('A .gitignore', () => {
  it('is trusted only if it is certain to ignore the file', () => {
    for (const text of ['.env', '/.env\n', '*.env', '.env*', '**/.env', 'node_modules\r\n.env\r\n', '*'])
      assert.equal(surelyIgnores(text, '.env'), true, text);
    for (const text of ['', '#.env', '.env\n!.env', 'env', '.env.local', 'config/.env', '[.]env'])
      assert.equal(surelyIgnores(text, '.env'), false, text);
  });

  it('gets patterns that match exactly one file', () => {
    assert.equal(ignorePattern('.env'), '.env');
    assert.equal(ignorePattern('config/keys[1].env'), '/config/keys\\[1\\].env');
    assert.equal(ignorePattern('#a*'), '\\#a\\*');
  });
});

describe('Moving a key to .env', () => {
  const plan = (text: string, facts: Partial<MoveFacts> = {}) => {
    const [finding] = scan(text);
    assert.ok(finding);
    return planMove({
      text,
      finding,
      languageId: 'javascript',
      fileName: '/r/a.js',
      env: { path: '/r/.env', text: undefined },
      example: { path: '/r/.env.example', text: undefined },
      ignore: { path: '/r/.gitignore', text: undefined, pattern: '.env' },
      ...facts,
    });
  };

  it('creates missing files, the .gitignore first', () => {
    const text = `const key = '${key}';\n`;
    const planned = plan(text);
    assert.equal(applyChanges(text, planned?.changes ?? []), 'const key = process.env.TRUEWORK_API_KEY;\n');
    assert.deepEqual(planned?.files, [
      { kind: 'create', path: '/r/.gitignore', text: '.env\n' },
      { kind: 'create', path: '/r/.env', text: `TRUEWORK_API_KEY=${key}\n` },
      { kind: 'create', path: '/r/.env.example', text: 'TRUEWORK_API_KEY=\n' },
    ]);
  });

  it('reads the free name that was used', () => {
    const text = `const key = '${sandboxKey(3)}';`;
    const planned = plan(text, { env: { path: '/r/.env', text: 'TRUEWORK_SANDBOX_API_KEY=mine\n' } });
    assert.equal(applyChanges(text, planned?.changes ?? []), 'const key = process.env.TRUEWORK_SANDBOX_API_KEY_2;');
    assert.equal(planned?.variable, 'TRUEWORK_SANDBOX_API_KEY_2');
  });

  it('replaces the same key everywhere in the document, another one nowhere', () => {
    const text = `a = "${key}"; b = "Bearer ${key}"; c = "${other}"; d = "${key} ${key}"`;
    const planned = plan(text);
    assert.equal(
      applyChanges(text, planned?.changes ?? []),
      `a = process.env.TRUEWORK_API_KEY; b = \`Bearer \${process.env.TRUEWORK_API_KEY}\`; c = "${other}"; d = \`\${process.env.TRUEWORK_API_KEY} ${key}\``,
    );
  });

  it('writes the import once', () => {
    const text = `import x\na = "${key}"\nb = "${key}"\n`;
    assert.equal(
      applyChanges(text, plan(text, { languageId: 'python', fileName: '/r/a.py' })?.changes ?? []),
      'import os\nimport x\na = os.environ["TRUEWORK_API_KEY"]\nb = os.environ["TRUEWORK_API_KEY"]\n',
    );
  });

  it('uses the name that Terraform reads', () => {
    const planned = plan(`a = "${key}"\n`, {
      languageId: 'terraform',
      fileName: '/r/a.tf',
      env: { path: '/r/.env', text: 'TF_VAR_truework_api_key=x\n' },
    });
    assert.equal(planned?.variable, 'TF_VAR_truework_api_key_2');
    assert.equal(planned.read, 'var.truework_api_key_2');
  });

  it('removes the line from a .tfvars, which overrides the environment', () => {
    const text = `region = "eu"\nkey = "${key}" # ours\nsize = 1\n`;
    const planned = plan(text, { languageId: 'terraform', fileName: '/r/prod.tfvars' });
    assert.equal(applyChanges(text, planned?.changes ?? []), 'region = "eu"\nsize = 1\n');
    assert.deepEqual([planned?.variable, planned?.read], ['TF_VAR_key', 'var.key']);
  });

  it('leaves the same key where it needs another variable', () => {
    const text = `one = "${key}"\ntwo = "${key}"\n`;
    assert.equal(
      applyChanges(text, plan(text, { languageId: 'terraform', fileName: '/r/prod.tfvars' })?.changes ?? []),
      `two = "${key}"\n`,
    );
  });

  it('adds the key under the name that the text reads, although another variable contains it', () => {
    const text = `variable "key" {\n  default = "${key}"\n}\n`;
    const planned = plan(text, {
      languageId: 'terraform',
      fileName: '/r/a.tf',
      env: { path: '/r/.env', text: `MINE=${key}\n` },
    });
    assert.equal(planned?.variable, 'TF_VAR_key');
    const env = planned.files.find(({ path }) => path === '/r/.env');
    assert.ok(env?.kind === 'change');
    assert.equal(applyChanges(`MINE=${key}\n`, env.changes), `MINE=${key}\nTF_VAR_key=${key}\n`);
  });

  it('is not possible if the text determines the name, and the name has another value', () => {
    const text = `variable "key" {\n  default = "${key}"\n}\n`;
    assert.equal(
      plan(text, {
        languageId: 'terraform',
        fileName: '/r/a.tf',
        env: { path: '/r/.env', text: `TF_VAR_key=${other}\n` },
      }),
      undefined,
    );
  });

  it('empties a committed template and fills the .env', () => {
    const text = `TRUEWORK_KEY=${key}\n`;
    const planned = plan(text, {
      languageId: 'dotenv',
      fileName: '/r/.env.example',
      example: { path: '/r/.env.example', text },
    });
    assert.equal(applyChanges(text, planned?.changes ?? []), 'TRUEWORK_KEY=\n');
    assert.deepEqual(
      planned?.files.map(({ path }) => path),
      ['/r/.gitignore', '/r/.env'],
    );
  });

  it('is not possible from a .env', () => {
    assert.equal(plan(`A=${key}`, { languageId: 'dotenv', fileName: '/r/.env' }), undefined);
  });
});
