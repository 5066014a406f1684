import { Type } from 'typebox';
import { section } from './fields.ts';

export const Telemetry = section(
  {
    tracesUrl: Type.String({
      default: '',
      pattern: '^(https?://[^@\\s]+)?$',
      description:
        'A receiver of OpenTelemetry traces over HTTP, such as http://127.0.0.1:4318/v1/traces, that is told of each launch. Empty: none.',
    }),
  },
  'Who is told how launches went, beside /metrics.',
);
