/** The operations on orders and reports of version 2023-10-30. Source: https://www.truework.com/docs/api-reference. */
import { notFound } from './api-error.ts';
import type { Extras } from './response-parts.ts';
import { eventsOf, eventView } from './events.ts';
import { parseFields, select } from './fields.ts';
import { stateAt } from './lifecycle.ts';
import { jsonResponse, type OperationCall, type Operation } from './operation.ts';
import { cancelOrder } from './cancel-order.ts';
import {
  createDirectOrder,
  createEmployerSearchOrder,
  createReverification,
  createTargetEmployerOrder,
} from './create-order.ts';
import { listOrders } from './list-orders.ts';
import { canceledOrderView, orderView } from './order-view.ts';
import { pageOf } from './paging.ts';
import type { OrderRecord } from './records.ts';
import { reportPdf } from './report-pdf.ts';
import { buildReport, strategyOf } from './report.ts';
import { readFlag } from './validate.ts';
import type { World } from './world.ts';

const NO_EXTRAS: Extras = { incomeAnalytics: false, reportAnnotations: false };

export function orderOperations(world: World): Operation[] {
  const { assumptions } = world;
  return [
    {
      id: 'create-new-target-employer-verification',
      method: 'POST',
      path: '/orders/target-employer',
      run: async (call) =>
        jsonResponse(orderView(world, createTargetEmployerOrder(world, await call.body()), NO_EXTRAS), 201),
    },
    {
      id: 'create-new-order-employer-search-verification',
      method: 'POST',
      path: '/orders/employer-search',
      run: async (call) => {
        const wanted = parseFields(call.query('fields'));
        const extras = extrasOf(call, 'both');
        const order = createEmployerSearchOrder(world, await call.body());
        return jsonResponse(select(orderView(world, order, extras), wanted, assumptions.unknownSelectorFields), 201);
      },
    },
    {
      id: 'create-new-truework-direct-order',
      method: 'POST',
      path: '/orders/truework-direct',
      run: async (call) => jsonResponse(orderView(world, createDirectOrder(world, await call.body()), NO_EXTRAS), 201),
    },
    {
      id: 'reverify-a-verification',
      method: 'POST',
      path: '/orders/reverification',
      run: async (call) =>
        jsonResponse(
          orderView(world, createReverification(world, await call.body(), call.header('request-sync')), NO_EXTRAS),
          201,
        ),
    },
    {
      id: 'get-all-orders',
      method: 'GET',
      path: '/orders',
      run: (call) => {
        const extras = extrasOf(call, 'annotations');
        // An empty filter does not filter.
        const orders = listOrders(world, {
          searchKey: call.query('search_key') || undefined,
          verificationId: call.query('verification_id') || undefined,
        });
        return jsonResponse(pageOf(world, call.url, orders, (order) => orderView(world, order, extras)));
      },
    },
    {
      id: 'get-one-order',
      method: 'GET',
      path: '/orders/:order_id',
      run: (call) => {
        const extras = extrasOf(call, 'annotations');
        return jsonResponse(orderView(world, findOrder(world, call), extras));
      },
    },
    {
      id: 'cancel-an-order',
      method: 'PUT',
      path: '/orders/:order_id/cancel',
      run: async (call) => {
        const order = findOrder(world, call);
        cancelOrder(world, order, await call.body());
        return jsonResponse(canceledOrderView(world, order));
      },
    },
    {
      id: 'get-order-events',
      method: 'GET',
      path: '/orders/:order_id/events',
      run: (call) =>
        jsonResponse(
          pageOf(world, call.url, eventsOf(world, findOrder(world, call)), (event) => eventView(world, event)),
        ),
    },
    {
      id: 'get-report-details',
      method: 'GET',
      path: '/reports/:verification_report_id',
      forms: ['json', 'pdf'],
      run: (call) => {
        const extras = extrasOf(call, 'both');
        const wanted = parseFields(call.query('fields'));
        const n = world.ids.read('report', call.param('verification_report_id'));
        const found = n === undefined ? undefined : world.store.report(n);
        if (!found || stateAt(found.verification, world.now()) !== 'completed') throw notFound();
        const report = buildReport(world, found.verification, found.index, extras);
        if (call.form === 'json') return jsonResponse(select(report, wanted, assumptions.unknownSelectorFields));
        return pdf(reportPdf(report));
      },
    },
    {
      id: 'get-applicant-document',
      method: 'GET',
      path: '/applicant-documents/:document_id',
      forms: ['pdf', 'json'],
      run: (call) => {
        const n = world.ids.read('document', call.param('document_id'));
        const verification = n === undefined ? undefined : world.store.verification(n);
        if (
          !verification ||
          strategyOf(verification) !== 'documents' ||
          stateAt(verification, world.now()) !== 'completed'
        )
          throw notFound();
        return pdf(reportPdf(buildReport(world, verification, 0, NO_EXTRAS), 'Document of the applicant'));
      },
    },
  ];
}

function pdf(bytes: Uint8Array<ArrayBuffer>): Response {
  return new Response(bytes, {
    headers: { 'content-type': 'application/pdf', 'content-disposition': 'attachment; filename="report.pdf"' },
  });
}

export function findOrder(world: World, call: OperationCall): OrderRecord {
  const n = world.ids.read('order', call.param('order_id'));
  const order = n === undefined ? undefined : world.store.order(n);
  if (!order) throw notFound();
  return order;
}

function extrasOf(call: OperationCall, offered: 'both' | 'annotations'): Extras {
  return {
    incomeAnalytics: offered === 'both' && readFlag('include_income_analytics', call.query('include_income_analytics')),
    reportAnnotations: readFlag('include_report_annotations', call.query('include_report_annotations')),
  };
}
