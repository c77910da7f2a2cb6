import type { SampleRequest } from '../../../../lambda/providers/provider.ts';

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Posts as the ESP would. What comes back from outside is cut: a proxy's error page is no use in a terminal. */
export async function post(url: string, request: SampleRequest): Promise<Answered> {
  const target = request.query === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}${request.query}`;
  const response = await fetch(target, {
    method: request.method,
    headers: request.headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(15_000),
    ...(request.method === 'POST' && { body: request.body }),
  });
  return { status: response.status, body: (await response.text()).trim().slice(0, 2_000) };
}
