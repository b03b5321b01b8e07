import { timingSafeEqual } from 'node:crypto';

/** Whether a webhook carries the token that Truework shows next to it in its settings. */
export function isFromTruework(headers, token) {
  const given = Buffer.from(String(headers['x-truework-token'] ?? ''));
  const expected = Buffer.from(token);
  return expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected);
}

/** What an event means for the application, as a line for the log. */
export function describe(event) {
  switch (event.hook?.event) {
    case 'order.completed':
      return `Order ${event.data.order_id} is complete.`;
    case 'verification_request.state.change':
      return `Verification request ${event.data.verification_request_id} is now ${event.data.state}.`;
    default:
      return `Nothing to do for ${event.hook?.event}.`;
  }
}
