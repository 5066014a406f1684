import type * as Otel from '@opentelemetry/api';

/** Something that took time, with what happened in it. Times are milliseconds since 1970. */
export type TracedSpan = {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** The code of the error that ended it. */
  readonly error?: string;
  readonly children?: readonly TracedSpan[];
};

export type Tracer = {
  /** Tells of something that is over. */
  record(span: TracedSpan): void;
  /** Sends what was not sent yet. */
  close(): Promise<void>;
};

export type TracingOptions = {
  /** The OTLP/HTTP receiver of traces: http(s)://HOST:PORT/v1/traces. */
  readonly url: string;
  readonly service: string;
  readonly version: string;
};

type Api = Pick<typeof Otel, 'trace' | 'SpanStatusCode'>;

const createRecorder = ({ trace, SpanStatusCode }: Api, tracer: Otel.Tracer) => {
  const record = (
    { name, from, to, attributes = {}, error, children = [] }: TracedSpan,
    parent: Otel.Context,
  ): void => {
    const span = tracer.startSpan(name, { startTime: from, attributes }, parent);
    const inside = trace.setSpan(parent, span);
    for (const child of children) record(child, inside);
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    span.end(to);
  };
  return record;
};

/** Connects to a receiver of OpenTelemetry traces. The libraries are loaded only here, because most servers have none. */
export const createTracer = async ({ url, service, version }: TracingOptions): Promise<Tracer> => {
  const api = await import('@opentelemetry/api');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { BasicTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-node');
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  const record = createRecorder(api, provider.getTracer(service, version));
  return {
    record: (span) => record(span, api.ROOT_CONTEXT),
    close: () => provider.shutdown(),
  };
};
