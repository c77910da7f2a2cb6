import type { ServerResponse } from 'node:http';

interface ProxyResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** An answer of API Gateway itself. */
export function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}

/** What a function returned, as an HTTP answer; 500 where API Gateway could not read it. */
export function sendResult(response: ServerResponse, result: unknown): void {
  if (isProxyResult(result)) sendProxyResult(response, result);
  else refuse(response, 500, 'Internal Server Error');
}

function sendProxyResult(response: ServerResponse, result: ProxyResult): void {
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded } = result;
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  response.writeHead(statusCode, {
    'content-type': 'text/plain;charset=UTF-8',
    ...Object.fromEntries(given),
    ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
  });
  // Node leaves the body of an answer to HEAD out by itself.
  response.end(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
}

const isProxyResult = (result: unknown): result is ProxyResult => {
  const status = (result as { statusCode?: unknown } | null | undefined)?.statusCode;
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599;
};
