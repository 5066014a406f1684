import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Fields that may hold a secret whatever logs them; their values never reach a log line. */
const SECRET_FIELDS = [
  'token',
  'accessToken',
  'adminToken',
  'secret',
  'password',
  'authorization',
  'cookie',
  'code_verifier',
  'enterUrl',
];

type LoggerOptions = { readonly level: string; readonly destination?: DestinationStream };

/** A structured logger: one JSON object a line, secrets replaced. */
export const createLogger = ({ level, destination }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: null,
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
