import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { plain, plainLines } from '../../../src/ui/text.ts';
import { SANDBOX_MARK, SECRET_PREFIX } from '../../../src/truework/keys.ts';

/** As VS Code finds links in notifications and pickers (`parseLinkedText` in its base/common/linkedText). */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
/** As it finds icons in labels (`labelWithIconsRegex` in its base/common/iconLabels). */
const ICON = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;

/** Everything that hides, reorders or breaks up text, named here once more on purpose. */
const HIDING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u; // eslint-disable-line no-control-regex -- the point of it

/** The zero-width space that breaks a link or an icon is our own. */
function withoutOurs(text: string): string {
  return text.replaceAll('$\u200b(', '$ (').replaceAll(']\u200b(', '] (');
}

const hiding = fc.constantFrom(
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200f',
  '\u00ad',
  '\u0000',
  '\u001b',
  '\u0085',
  '\u2028',
  '\r',
  '\n',
  '\t',
  '\ufeff',
  '\u{e0041}',
  '\u115f',
  '\ud800',
  '\udc00',
);
const markup = fc.constantFrom(
  '[',
  ']',
  '(',
  ')',
  '](',
  '$(',
  '$',
  'command:',
  'https://',
  'file:',
  'bell',
  'workbench.action.quit',
  'x',
  ' ',
  '"',
);
const hostile = fc
  .array(fc.oneof(hiding, markup, fc.string({ maxLength: 3 })), { maxLength: 40 })
  .map((parts) => parts.join(''));

describe('Text that is shown', () => {
  it('never contains a link, an icon or a character that hides or reorders others', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = plain(text);
        assert.doesNotMatch(shown, LINK);
        assert.doesNotMatch(shown, ICON);
        assert.doesNotMatch(withoutOurs(shown), HIDING);
        assert.ok(shown.isWellFormed());
      }),
      { numRuns: 2000 },
    );
  });

  it('is not changed by a second pass', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        assert.equal(plain(plain(text)), plain(text));
      }),
    );
  });

  it('keeps ordinary text', () => {
    for (const text of [
      'Łukasz Żółć',
      'Nguyễn Văn A',
      '山田 太郎',
      'محمد علی',
      'علی\u200cرضا',
      'क्\u200dष',
      '👩\u200d💻 Ops',
      "O'Brien & Söhne (Holding) [DE]",
      'a $5 (five) note',
      '50 % of "x" <y> `z`',
    ]) {
      assert.equal(plain(text), text);
    }
  });

  it('masks keys, whatever is hidden inside of them', () => {
    const body = 'a1'.repeat(20);
    fc.assert(
      fc.property(
        fc.nat({ max: SECRET_PREFIX.length + SANDBOX_MARK.length + body.length }),
        hiding.filter((text) => !/\s/.test(text) || text === '\ufeff'),
        (at, hidden) => {
          const key = SECRET_PREFIX + SANDBOX_MARK + body;
          const shown = plain(`mine ${key.slice(0, at)}${hidden}${key.slice(at)} yours`);
          assert.ok(!shown.includes(body.slice(0, 8)), shown);
        },
      ),
    );
  });

  it('is truncated at a limit, without cutting a character in two', () => {
    const shown = plain('😀'.repeat(100_000));
    assert.ok(shown.length <= 1000 && shown.endsWith('…') && shown.isWellFormed());
  });

  it('keeps line breaks only where they are supported', () => {
    assert.equal(plain('one\r\ntwo\nthree'), 'one  two three');
    assert.equal(plainLines('one\r\n[two](command:x)\n$(three)'), 'one\n[two]\u200b(command:x)\n$\u200b(three)');
  });
});
