import { METRICS } from '../../launcher/metrics.ts';
import { renderTable } from './markdown.ts';

/** The page of all metrics at /metrics. */
export const renderMetricsPage = (): string => {
  const rows = METRICS.map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  const intro = [
    '# Metrics',
    '`GET /metrics` on the control listener answers in the text format of Prometheus. Names that BinderHub has mean the same here. Labels are bounded: never an address, a repository or a session.',
  ];
  return `${[...intro, renderTable(['metric', 'type', 'labels', 'meaning'], rows)].join('\n\n')}\n`;
};
