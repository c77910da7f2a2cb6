/** Account and region of everything local; emulators and ARNs agree on them. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/** What the emulators ask to be signed with; none of them checks it. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

export class AwsJsonError extends Error {
  override readonly name = 'AwsJsonError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

const TARGETS = {
  dynamodb: 'DynamoDB_20120810',
  dynamodbstreams: 'DynamoDBStreams_20120810',
  sqs: 'AmazonSQS',
} as const;

export type AwsCall = <T>(action: string, input: object, signal?: AbortSignal) => Promise<T>;

/** Calls an emulator. The runner makes six calls in all: loading two SDK clients for them would cost more than the calls. */
export function awsJson(service: keyof typeof TARGETS, endpoint: string): AwsCall {
  const scope = `local/20250101/${REGION}/${service}/aws4_request`;
  return async <T>(action: string, input: object, signal?: AbortSignal): Promise<T> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${TARGETS[service]}.${action}`,
        'x-amz-date': '20250101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=0`,
      },
      body: JSON.stringify(input),
      ...(signal && { signal }),
    });
    const answer = (await response.json()) as T & { __type?: string; message?: string; Message?: string };
    if (response.ok) return answer;
    throw new AwsJsonError(
      answer.__type?.split('#').pop() ?? String(response.status),
      answer.message ?? answer.Message ?? '',
    );
  };
}
