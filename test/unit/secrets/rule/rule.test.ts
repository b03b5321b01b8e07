import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { lintSource } from '@secretlint/core';
import { snapshot } from '@secretlint/tester';
import type { SecretLintRuleCreator } from '@secretlint/types';
import { allowEntry, hashKey } from '../../../../src/secrets/detector/allow-list.ts';
import { scan } from '../../../../src/secrets/detector/scan.ts';
import creator, { creator as namedCreator, type RuleOptions } from '../../../../src/secrets/rule/rule.ts';
import { fromTemplate, productionKey, sandboxKey } from '../detector/made-keys.ts';
import { bundle, secretlintProgram, temporaryFolder } from './bundle.ts';

const production = productionKey(1);
const sandbox = sandboxKey(2);

async function messagesOf(content: string, options: RuleOptions = {}, extra: { allowMessageIds?: string[] } = {}) {
  const { messages } = await lintSource({
    source: { filePath: 'a.txt', content, ext: '.txt', contentType: 'text' },
    options: {
      config: { rules: [{ id: 'secretlint-rule-truework', rule: creator, options, ...extra }] },
      maskSecrets: true,
    },
  });
  return messages;
}

const ids = async (...args: Parameters<typeof messagesOf>) =>
  (await messagesOf(...args)).map(({ messageId }) => messageId);

describe('The secretlint rule', () => {
  it('is exported by default and by the name that secretlint expects', () => {
    assert.equal(creator, namedCreator);
    assert.deepEqual(creator.meta.supportedContentTypes, ['all']);
  });

  it('reports each kind under its ID, with range, severity, link and masked key', async () => {
    const { text, places } = fromTemplate('a: <P>\nb: <S>\n');
    const messages = await messagesOf(text);
    assert.deepEqual(
      messages.map(({ messageId, range }) => [messageId, ...range]),
      places.map(({ start, end, kind }) => [
        kind === 'sandbox' ? 'SANDBOX_SECRET_KEY' : 'PRODUCTION_SECRET_KEY',
        start,
        end,
      ]),
    );
    assert.deepEqual(
      messages.map(({ severity, loc }) => [severity, loc.start.line, loc.start.column]),
      [
        ['error', 1, 3],
        ['error', 2, 3],
      ],
    );
    assert.match(messages[0]?.docsUrl ?? '', /^https:\/\/www\.truework\.com\/.*#PRODUCTION_SECRET_KEY$/);
    assert.match(messages[0]?.message ?? '', /^found a Truework production secret key: tw_sk_….{4}$/);
    assert.ok(!JSON.stringify(messages).includes(text.slice((places[0]?.start ?? 0) + 6, (places[0]?.end ?? 0) - 4)));
  });

  it('counts offsets after a byte order mark, as secretlint does', async () => {
    assert.deepEqual(
      (await messagesOf(`\ufeffk=${production}`)).map(({ range }) => range[0]),
      [2],
    );
  });

  it('leaves out allowed keys: by hash, by salted hash, by pattern, by message ID', async () => {
    const text = `${production} ${sandbox}`;
    assert.deepEqual(await ids(text, { allowKeys: [hashKey(production)] }), ['SANDBOX_SECRET_KEY']);
    assert.deepEqual(await ids(text, { allowKeys: [allowEntry(sandbox)] }), ['PRODUCTION_SECRET_KEY']);
    assert.deepEqual(await ids(text, { allows: ['/^tw_sk_test_/'] }), ['PRODUCTION_SECRET_KEY']);
    assert.deepEqual(await ids(text, { allows: [`/${production.slice(-6)}$/i`] }), ['SANDBOX_SECRET_KEY']);
    assert.deepEqual(await ids(text, { allows: [production.slice(10, 20)] }), ['SANDBOX_SECRET_KEY']);
    assert.deepEqual(await ids(text, {}, { allowMessageIds: ['SANDBOX_SECRET_KEY'] }), ['PRODUCTION_SECRET_KEY']);
    assert.deepEqual(await ids(Buffer.from(production).toString('base64'), { allows: [production.slice(10, 20)] }), []);
  });

  it('applies options to the last of hundreds of findings as to the first', async () => {
    const text = Array.from({ length: 350 }, (_, i) => (i % 2 === 0 ? productionKey(i) : sandboxKey(i))).join('\n');
    assert.deepEqual(
      (await messagesOf(text, {}, { allowMessageIds: ['SANDBOX_SECRET_KEY'] })).map(({ range }) => range),
      scan(text)
        .filter(({ kind }) => kind === 'production')
        .map(({ start, end }) => [start, end]),
    );
    assert.equal((await messagesOf(text, { allows: [productionKey(348).slice(10)] })).length, 349);
  });

  it('reports what is wrong with an option', async () => {
    await assert.rejects(
      messagesOf(production, { allows: ['/(/'] }),
      /allows pattern .* not a valid regular expression/,
    );
    await assert.rejects(messagesOf(production, { allowKeys: [production] }), (error: Error) => {
      assert.match(error.message, /allowKeys .* not a SHA-256 hash/);
      return !error.message.includes(production.slice(6));
    });
  });

  it("honors comments that secretlint's own filter misses", async () => {
    assert.deepEqual(await ids(`k='${production}' /* secretlint-disable-line */`), []);
    assert.deepEqual(await ids(`k='${production}' // secretlint-disable-line @secretlint/secretlint-rule-aws`), [
      'PRODUCTION_SECRET_KEY',
    ]);
  });

  it('reports at most a thousand keys, or the given limit', async () => {
    const text = Array.from({ length: 1100 }, (_, i) => productionKey(i)).join('\n');
    assert.equal((await ids(text)).length, 1000);
    assert.equal((await ids(text, { limit: 3 })).length, 3);
  });
});

describe('The bundled rule', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'tools/secretlint-rule-truework.js');
  before(async () => {
    await bundle('src/secrets/rule/rule.ts', file);
    await bundle('src/secrets/rule/rule.ts', file.replace('.js', '.mjs'));
  });

  it("passes secretlint's own tester", async () => {
    const rule = ((await import(pathToFileURL(file).href)) as { default: SecretLintRuleCreator }).default;
    const cases = path.join(folder, 'snapshots');
    const expected = (content: string, messages: object[]) => ({
      filePath: '[SNAPSHOT]',
      messages,
      sourceContent: content,
      sourceContentType: 'text',
    });
    const write = (name: string, content: string, messages: object[], extension: string) => {
      const directory = path.join(cases, name);
      mkdirSync(directory, { recursive: true });
      writeFileSync(path.join(directory, `input.${extension}`), content);
      writeFileSync(
        path.join(directory, 'output.json'),
        JSON.stringify({ ...expected(content, messages), filePath: `[SNAPSHOT]/${name}/input.${extension}` }),
      );
    };
    const message = (kind: 'PRODUCTION' | 'SANDBOX', key: string, start: number) => ({
      message: `found a Truework ${kind.toLowerCase()} secret key: ${kind === 'SANDBOX' ? 'tw_sk_test_' : 'tw_sk_'}…${key.slice(-4)}`,
      messageId: `${kind}_SECRET_KEY`,
      range: [start, start + key.length],
      type: 'message',
      ruleId: 'secretlint-rule-truework',
      loc: { start: { line: 1, column: start }, end: { line: 1, column: start + key.length } },
      severity: 'error',
      docsUrl: `https://www.truework.com/docs/api-reference/authentication#${kind}_SECRET_KEY`,
    });
    write('production', `key: ${production}\n`, [message('PRODUCTION', production, 5)], 'yml');
    write('sandbox', `K="${sandbox}"`, [message('SANDBOX', sandbox, 3)], 'sh');
    write('nothing', 'const prefix = "tw_sk_";', [], 'js');

    const running: Promise<unknown>[] = [];
    await snapshot({
      defaultConfig: { rules: [{ id: 'secretlint-rule-truework', rule, options: {} }] },
      snapshotDirectory: cases,
      updateSnapshot: false,
    }).forEach((_name, test) => {
      running.push(test());
    });
    assert.deepEqual(await Promise.all(running), ['done', 'done', 'done']);
  });

  const lint = (id: string, args: string[], nodePath = '') => {
    writeFileSync(path.join(folder, '.secretlintrc.json'), JSON.stringify({ rules: [{ id }] }));
    return spawnSync(process.execPath, [secretlintProgram, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_PATH: nodePath },
    });
  };

  it('is loaded by the secretlint command by its absolute path, and by a relative one below NODE_PATH', () => {
    writeFileSync(path.join(folder, 'leak.js'), `const key = '${production}';\n`);
    writeFileSync(path.join(folder, 'wide.txt'), Buffer.from(`\ufeffkey=${sandbox}`, 'utf16le'));
    writeFileSync(path.join(folder, 'clean.js'), 'const key = process.env.TRUEWORK_API_KEY;\n');
    for (const [id, nodePath] of [
      [file, ''],
      ['./tools/secretlint-rule-truework.js', '.'],
      ['./tools/secretlint-rule-truework.mjs', folder],
    ] as const) {
      const { status, stdout, stderr } = lint(id, ['*.{js,txt}'], nodePath);
      assert.equal(status, 1, stderr);
      assert.match(
        stdout,
        /leak\.js\n\s+1:13\s+error\s+\[PRODUCTION_SECRET_KEY\] found a Truework production secret key: tw_sk_…/,
      );
      assert.match(stdout, /wide\.txt\n\s+1:\d+\s+error\s+\[SANDBOX_SECRET_KEY\]/);
      assert.ok(!stdout.includes('clean.js') && !stdout.includes(production.slice(6, -4)));
    }
    assert.equal(lint(file, ['clean.js']).status, 0);
  });
});
