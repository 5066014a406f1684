declare module '@jupyterhub/binderhub-client/client.js' {
  /** The part of the package, which has no types of its own, that the tests use. */
  export class BinderRepository {
    constructor(providerSpec: string, buildEndpoint: URL, options?: { buildOnly?: boolean });
    fetch(): AsyncIterable<Record<string, unknown> & { phase?: string; message?: string }>;
    close(): void;
  }
}
