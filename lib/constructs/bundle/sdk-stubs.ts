/**
 * Bundled in place of what the SDK never needs in Lambda. First its search for credentials: Lambda hands every function its own in the environment, for as long as the
 * environment lives.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; this bundle looks for credentials nowhere else.',
    );
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
};

function leftOut(): never {
  throw new Error('This part of the AWS SDK was left out of the bundle: see lib/constructs/bundle/build.ts.');
}

/** DynamoDB can be asked which host to call; nobody asks, and the client makes the cache of the answers all the same. */
export class EndpointCache {}

export {
  leftOut as EventStreamSerde,
  leftOut as eventStreamSerdeProvider,
  leftOut as getInstanceMetadataEndpoint,
  leftOut as httpRequest,
};
