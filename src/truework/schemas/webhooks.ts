/**
 * Webhook payloads: `POST` to the registered target with the shared token in `X-Truework-Token`.
 * Source: https://www.truework.com/docs/api-reference/webhooks. All keys are optional there; the ones that every
 * sample carries are required here.
 */
import * as v from 'valibot';
import { dateTime, open } from './primitives.ts';

/** What an endpoint can subscribe to. */
export const WEBHOOK_EVENTS = ['order.completed', 'verification_request.state.change'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

const hook = <const T extends WebhookEvent>(event: T) =>
  v.looseObject({
    id: v.optional(v.number()),
    event: v.literal(event),
    target: v.optional(v.string()),
    triggered_at: v.optional(dateTime),
  });

const metadata = v.optional(v.nullable(v.looseObject({})));

/** All verification requests of the order have ended. */
export const OrderCompleted = v.looseObject({
  version: v.optional(v.string()),
  hook: hook('order.completed'),
  data: v.looseObject({ order_id: v.string(), metadata }),
});
export type OrderCompleted = v.InferOutput<typeof OrderCompleted>;

export const VerificationRequestStateChange = v.looseObject({
  version: v.optional(v.string()),
  hook: hook('verification_request.state.change'),
  data: v.looseObject({
    order_id: v.string(),
    // Truework's schema spells the second one `action-requred`: both arrive.
    state: open([
      'pending-approval',
      'action-required',
      'invalid',
      'processing',
      'completed',
      'canceled',
      'action-requred',
    ]),
    verification_request_id: v.string(),
    credentials_session_token: v.optional(v.nullable(v.string())),
    metadata,
  }),
});
export type VerificationRequestStateChange = v.InferOutput<typeof VerificationRequestStateChange>;

/** The `data` of each event. */
export interface WebhookData {
  readonly 'order.completed': OrderCompleted['data'];
  readonly 'verification_request.state.change': VerificationRequestStateChange['data'];
}
