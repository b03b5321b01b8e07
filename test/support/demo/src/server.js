import { createServer } from 'node:http';
import { createOrder } from './truework.js';
import { describe, isFromTruework } from './webhook.js';

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'POST' && request.url === '/webhooks/truework') {
      const body = await readJson(request);
      if (!isFromTruework(request.headers, process.env.TRUEWORK_WEBHOOK_TOKEN ?? '')) {
        response.writeHead(403).end();
        return;
      }
      // Answer first: Truework repeats a webhook that is not answered in time.
      response.writeHead(200).end();
      console.log(describe(body));
    } else if (request.method === 'POST' && request.url === '/applications') {
      const order = await createOrder(await readJson(request));
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ order: order.id }));
    } else {
      response.writeHead(404).end();
    }
  } catch (error) {
    console.error(error.message);
    if (!response.headersSent) response.writeHead(500).end();
  }
});

async function readJson(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

const port = Number(process.env.PORT ?? 3000);
server.listen(port, () => console.log(`Listening on http://localhost:${port}`));
