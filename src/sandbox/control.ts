/** The control route, for tests outside the process. It is opt-in, and requires the key like every other route. */
import * as v from 'valibot';
import { ApiError, invalidAt, notFound } from './api-error.ts';
import { FaultRequest, type Faults } from './faults.ts';
import { divert, hasEnded, stateAt } from './lifecycle.ts';
import { jsonResponse, type Operation } from './operation.ts';
import { findOrder } from './operations.ts';
import { orderView } from './order-view.ts';
import { validate } from './validate.ts';
import { WEBHOOK_EVENTS } from '../truework/schemas/webhooks.ts';
import type { Webhooks } from './webhooks.ts';
import type { World } from './world.ts';

const WebhookRequest = v.strictObject({
  url: v.string(),
  events: v.optional(v.array(v.picklist(WEBHOOK_EVENTS))),
  token: v.optional(v.string()),
});
const AdvanceRequest = v.strictObject({ seconds: v.pipe(v.number(), v.minValue(0), v.maxValue(1e9)) });
const StateRequest = v.strictObject({
  state: v.picklist(['pending-approval', 'processing', 'action-required', 'canceled', 'invalid', 'completed']),
});

interface Controlled {
  readonly world: World;
  readonly webhooks: Webhooks;
  readonly faults: Faults;
  readonly advance: (milliseconds: number) => void;
}

export function controlOperations({ world, webhooks, faults, advance }: Controlled): Operation[] {
  // A misspelled option of a test must fail.
  const strict = { ...world.assumptions, unknownRequestFields: 'refuse' as const };
  const none = (): Response => new Response(null, { status: 204 });
  const operations: Omit<Operation, 'control'>[] = [
    {
      id: 'control-add-fault',
      method: 'POST',
      path: '/control/faults',
      run: async (call) => {
        const fault = validate(FaultRequest, await call.body(), strict);
        return jsonResponse(
          orApiError(() => faults.add(fault)),
          201,
        );
      },
    },
    {
      id: 'control-list-faults',
      method: 'GET',
      path: '/control/faults',
      run: () => jsonResponse({ results: faults.list() }),
    },
    {
      id: 'control-clear-faults',
      method: 'DELETE',
      path: '/control/faults',
      run: () => {
        faults.clear();
        return none();
      },
    },
    {
      id: 'control-add-webhook',
      method: 'POST',
      path: '/control/webhooks',
      run: async (call) => {
        const { url, events, token } = validate(WebhookRequest, await call.body(), strict);
        return jsonResponse(
          orApiError(() =>
            webhooks.register({ url, ...(events && { events }), ...(token !== undefined && { token }) }),
          ),
          201,
        );
      },
    },
    {
      id: 'control-list-webhooks',
      method: 'GET',
      path: '/control/webhooks',
      run: () => jsonResponse({ results: webhooks.list() }),
    },
    {
      id: 'control-remove-webhook',
      method: 'DELETE',
      path: '/control/webhooks/:id',
      run: (call) => {
        if (!webhooks.remove(Number(call.param('id')))) throw notFound();
        return none();
      },
    },
    {
      id: 'control-advance',
      method: 'POST',
      path: '/control/advance',
      run: async (call) => {
        advance(validate(AdvanceRequest, await call.body(), strict).seconds * 1000);
        return none();
      },
    },
    {
      id: 'control-set-state',
      method: 'PUT',
      path: '/control/orders/:order_id/state',
      run: async (call) => {
        const order = findOrder(world, call);
        const { state } = validate(StateRequest, await call.body(), strict);
        const now = world.now();
        for (const verification of order.verifications) {
          const current = stateAt(verification, now);
          if (current === undefined || hasEnded(current)) continue;
          if (state === 'completed' && verification.reports.length === 0) {
            throw invalidAt(['state'], 'This test social security number has no report.');
          }
          divert(verification, now, state, hasEnded(state) ? `verification-request-${state}` : state);
          if (state === 'canceled') verification.cancellation = { reason: 'other', details: null };
        }
        world.store.changed();
        world.wake(order);
        return jsonResponse(orderView(world, order, { incomeAnalytics: false, reportAnnotations: false }));
      },
    },
  ];
  return operations.map((operation): Operation => ({ ...operation, control: true }));
}

/** Turns errors of the sandbox's own parts into responses. */
function orApiError<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw new ApiError(400, error instanceof Error ? error.message : 'This cannot be done.');
  }
}
