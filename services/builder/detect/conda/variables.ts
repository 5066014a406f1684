import { isMap, isScalar, type Pair } from 'yaml';
import { quoteText } from '../detect-error.ts';
import type { YamlFile } from '../yaml-file.ts';

export type Variables = {
  readonly variables: Readonly<Record<string, string>>;
  /** Names that the image needs for itself. */
  readonly reserved: readonly string[];
};

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_LENGTH = 4096;
/** A session would not start with others than the image's own. */
const RESERVED =
  /^(?:PATH|HOME|USER|SHELL|APP_BASE|REPO_DIR|R2D_ENTRYPOINT|PYTHONHOME|LD_PRELOAD|(?:NB|CONDA|KERNEL|JUPYTER|JUPYTERHUB|BINDER|NPM|SLIPWAY)_\w*)$/;

const readValue = ({ key, value }: Pair, yaml: YamlFile): string => {
  const name = isScalar(key) ? String(key.value) : '';
  if (!isScalar(value) || value.value === null)
    throw yaml.fail(key, `the variable ${quoteText(name)} must be a text; quote it, "" for an empty one.`);
  // As it is written: 1.10 is a version to its author, not the number 1.1.
  const text = typeof value.value === 'string' ? value.value : (value.source ?? '');
  if (text.length > MAX_LENGTH || /\p{Cc}/u.test(text))
    throw yaml.fail(key, `the variable ${quoteText(name)} is longer than ${MAX_LENGTH} characters or several lines.`);
  return text;
};

/** Reads `variables:` of environment.yml. Throws the code of the file with the line. */
export const readVariables = (pair: Pair | undefined, yaml: YamlFile): Variables => {
  if (pair === undefined || (isScalar(pair.value) && pair.value.value === null)) return { variables: {}, reserved: [] };
  if (!isMap(pair.value)) throw yaml.fail(pair.key, 'variables must be a mapping of names to texts.');
  const entries = pair.value.items.map((item): [string, string] => {
    const name = isScalar(item.key) ? String(item.key.value) : '';
    if (!NAME.test(name))
      throw yaml.fail(item.key, `${quoteText(name)} is not a name of a variable: letters, digits and _.`);
    return [name, readValue(item, yaml)];
  });
  const reserved = entries.map(([name]) => name).filter((name) => RESERVED.test(name));
  return { variables: Object.fromEntries(entries.filter(([name]) => !reserved.includes(name))), reserved };
};
