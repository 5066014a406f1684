import type { TSchema } from 'typebox';
import { Settings } from '../../contracts/settings.ts';
import { environmentName, settingLeaves } from '../../platform/config-loader.ts';
import { renderTable } from './markdown.ts';

type Facts = {
  readonly type?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly anyOf?: readonly { readonly const?: unknown }[];
  readonly minimum?: number;
  readonly maximum?: number;
};

const typeOf = ({ type, anyOf, minimum, maximum }: Facts): string => {
  if (anyOf) return anyOf.map((choice) => `\`${String(choice.const)}\``).join(', ');
  const bounds = [minimum === undefined ? '' : `≥ ${minimum}`, maximum === undefined ? '' : `≤ ${maximum}`].filter(
    Boolean,
  );
  return [type === 'array' ? 'list' : (type ?? ''), ...bounds].join(' ');
};

const defaultOf = (value: unknown): string => (value === '' ? '' : `\`${JSON.stringify(value)}\``);

const renderRow = ({ path, schema }: { readonly path: readonly string[]; readonly schema: TSchema }): string[] => {
  const facts = schema as Facts;
  return [
    `\`${path.join('.')}\``,
    `\`${environmentName('SLIPWAY', path)}\``,
    typeOf(facts),
    defaultOf(facts.default),
    facts.description ?? '',
  ];
};

/** The page of all settings: name, variable, type, default, meaning. */
export const renderSettingsPage = (): string => {
  const intro = [
    '# Settings',
    'Settings are read once at the start: the defaults below, then the YAML file given with `--config` (or `SLIPWAY_CONFIG`), then the variables, then the command line (`slipway up --help`). All problems are reported together.',
    'In the file, a dot is a level: `sessions.memoryMib` is `memoryMib` below `sessions`. In a variable, a list is separated by commas.',
  ];
  const table = renderTable(
    ['setting', 'variable', 'type', 'default', 'meaning'],
    settingLeaves(Settings).map(renderRow),
  );
  return `${[...intro, table].join('\n\n')}\n`;
};
