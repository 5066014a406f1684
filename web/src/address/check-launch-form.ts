import type { ProviderDisplay } from '../../../services/contracts/repository.ts';
import { resolveInSession } from '../launch/target-path.ts';
import { makeLaunchLink } from './make-launch-link.ts';
import { parseRepositoryAddress } from './parse-repository-address.ts';
import type { OpenTarget } from './repository-address.ts';

/** The fields of the home page, as they were typed. */
export type LaunchForm = {
  readonly repo: string;
  readonly ref: string;
  readonly path: string;
  readonly pathKind: OpenTarget['kind'];
};

type FieldErrors = { readonly repo?: string; readonly ref?: string; readonly path?: string };

/** The link of the form, or what is wrong with its fields. */
export type CheckedForm =
  | { readonly ok: true; readonly link: string }
  | { readonly ok: false; readonly errors: FieldErrors };

type Field = { readonly value: string } | { readonly error: string };

const checkWebRepository = (text: string, provider: ProviderDisplay): Field => {
  const reading = parseRepositoryAddress(text);
  if (!reading.ok) return { error: reading.message };
  if (reading.address.provider === provider.id) return { value: reading.address.repo };
  if (provider.id === 'git' && /^https?:\/\//i.test(text)) return { value: text };
  return provider.id === 'git'
    ? { error: 'A Git repository needs its whole address, for example https://git.example.org/project.git.' }
    : { error: `This is not an address of ${provider.displayName}. Choose “Git repository” as the provider.` };
};

const checkRepository = (text: string, provider: ProviderDisplay): Field => {
  if (text === '') return { error: `Fill in the repository, for example ${provider.repo.placeholder}.` };
  return provider.id === 'gh' || provider.id === 'git' ? checkWebRepository(text, provider) : { value: text };
};

const checkRef = (text: string, provider: ProviderDisplay): Field => {
  const ref = text || provider.ref.default || 'HEAD';
  if (/^\/|\/$|\/\/|\.\.|^\.(?:\/|$)/.test(ref)) {
    return { error: 'Write the name of a branch or a tag, or a commit: without “..” and without a slash at its ends.' };
  }
  return { value: ref };
};

const checkPath = (text: string, kind: OpenTarget['kind']): Field => {
  if (text === '') return { value: '' };
  const inside = kind === 'url' ? resolveInSession(text) !== undefined : !text.split('/').includes('..');
  if (inside) return { value: kind === 'file' ? text.replace(/^\/+/, '') : text };
  return kind === 'file'
    ? { error: 'Write the path of a file as it is in the repository, for example notebooks/index.ipynb.' }
    : { error: 'Write only the part behind the address of the session, for example lab or rstudio.' };
};

const hasSpecForm = (spec: string, provider: ProviderDisplay): boolean =>
  new RegExp(`^(?:${provider.spec.validateRegex})$`).test(spec);

/** Checks the fields together and makes the path of the launch link of them. */
export const checkLaunchForm = (form: LaunchForm, provider: ProviderDisplay): CheckedForm => {
  const repo = checkRepository(form.repo.trim(), provider);
  const ref = provider.ref.enabled ? checkRef(form.ref.trim(), provider) : undefined;
  const path = checkPath(form.path.trim(), form.pathKind);
  if ('error' in repo || 'error' in path || (ref && 'error' in ref)) {
    const errors = {
      ...('error' in repo && { repo: repo.error }),
      ...(ref && 'error' in ref && { ref: ref.error }),
      ...('error' in path && { path: path.error }),
    };
    return { ok: false, errors };
  }
  const link = makeLaunchLink(
    {
      provider: provider.id,
      repo: repo.value,
      ...(ref && { ref: ref.value }),
      ...(path.value !== '' && { path: { kind: form.pathKind, value: path.value } }),
    },
    provider.repo.urlEncode,
  );
  const spec = link.slice(`/v2/${provider.id}/`.length).replace(/\?.*$/, '');
  if (hasSpecForm(spec, provider)) return { ok: true, link };
  return { ok: false, errors: { repo: `This is not complete. It should look like ${provider.repo.placeholder}.` } };
};
