import type { HomeForm } from '../pages/create-home-form.ts';
import { PathField } from './path-field.tsx';
import { TextField } from './text-field.tsx';

const ProviderField = ({ form }: { readonly form: HomeForm }) => (
  <div class="field">
    <label htmlFor="provider">Provider</label>
    <select
      id="provider"
      value={form.provider.value.id}
      onChange={(event) => form.chooseProvider(event.currentTarget.value)}
    >
      {form.providers.value.map(({ id, displayName }) => (
        <option key={id} value={id}>
          {displayName}
        </option>
      ))}
    </select>
  </div>
);

const RefField = ({ form }: { readonly form: HomeForm }) => {
  const { ref } = form.provider.value;
  return (
    <TextField
      id="ref"
      label="Branch, tag or commit"
      value={ref.enabled ? form.fields.value.ref : ''}
      error={ref.enabled ? form.errorOf('ref') : undefined}
      onText={(text) => form.change({ ref: text })}
      onLeave={() => form.leave('ref')}
      disabled={!ref.enabled}
      placeholder={ref.enabled ? (ref.default ?? 'HEAD') : 'not used here'}
    />
  );
};

/** What a launch link consists of, field by field. */
export const RepositoryFields = ({ form }: { readonly form: HomeForm }) => {
  const { repo } = form.provider.value;
  return (
    <fieldset class="repository-fields">
      <legend>Or fill in the details</legend>
      <ProviderField form={form} />
      <TextField
        id="repo"
        label={repo.label}
        value={form.fields.value.repo}
        error={form.errorOf('repo')}
        onText={(text) => form.change({ repo: text })}
        onLeave={() => form.leave('repo')}
        placeholder={repo.placeholder}
      />
      <RefField form={form} />
      <PathField form={form} />
    </fieldset>
  );
};
