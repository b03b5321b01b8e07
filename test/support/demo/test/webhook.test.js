import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe, isFromTruework } from '../src/webhook.js';

test('accepts only the right token', () => {
  assert.equal(isFromTruework({ 'x-truework-token': 'right' }, 'right'), true);
  assert.equal(isFromTruework({ 'x-truework-token': 'wrong' }, 'right'), false);
  assert.equal(isFromTruework({}, ''), false);
});

test('says what happened', () => {
  assert.equal(describe({ hook: { event: 'order.completed' }, data: { order_id: 'abc' } }), 'Order abc is complete.');
});
