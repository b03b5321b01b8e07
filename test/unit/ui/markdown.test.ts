import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { code, fenced } from '../../../src/ui/markdown.ts';

const text = fc
  .array(fc.constantFrom('`', '``', '```', '````', 'a', ' ', '[x](command:y)', '\n', '\u202e'), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('Text from outside in Markdown', () => {
  it('does not end the code block or the inline code around it', () => {
    fc.assert(
      fc.property(text, (line) => {
        const block = fenced([line.replaceAll('\n', ' ')], 'sh').split('\n');
        const [opening = ''] = block;
        const [fence = ''] = /^`+/.exec(opening) ?? [];
        assert.equal(block.length, 3);
        assert.ok(!(block[1] ?? '').includes(fence));
        const inline = code(line);
        const [mark = ''] = /^`+/.exec(inline) ?? [];
        assert.ok(mark !== '' && inline.endsWith(mark));
        assert.ok(!inline.slice(mark.length, -mark.length).split(/[^`]/).includes(mark));
        assert.doesNotMatch(inline, /[\n\u202e]/);
      }),
    );
  });
});
