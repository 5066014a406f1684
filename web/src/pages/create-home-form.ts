import { type ReadonlySignal, type Signal, computed, signal } from '@preact/signals';
import type { ProviderDisplay } from '../../../services/contracts/repository.ts';
import { type CheckedForm, type LaunchForm, checkLaunchForm } from '../address/check-launch-form.ts';
import { parseRepositoryAddress } from '../address/parse-repository-address.ts';
import { BASIC_PROVIDERS } from '../address/read-providers.ts';
import type { AddressReading } from '../address/repository-address.ts';

const FIELD_NAMES = ['address', 'repo', 'ref', 'path'] as const;
type FieldName = (typeof FIELD_NAMES)[number];

/** The state of the home page's form and what changes it. */
export type HomeForm = {
  readonly address: ReadonlySignal<string>;
  readonly fields: ReadonlySignal<LaunchForm>;
  readonly providers: Signal<readonly ProviderDisplay[]>;
  readonly provider: ReadonlySignal<ProviderDisplay>;
  readonly checked: ReadonlySignal<CheckedForm>;
  /** What was understood of the pasted address, in a sentence. */
  readonly note: ReadonlySignal<string>;
  /** The message of a field that its user has left or tried to send. */
  readonly errorOf: (field: FieldName) => string | undefined;
  readonly typeAddress: (text: string) => void;
  readonly change: (fields: Partial<LaunchForm>) => void;
  readonly chooseProvider: (id: string) => void;
  readonly leave: (field: FieldName) => void;
  /** Shows all messages; gives the first field that has one. */
  readonly showErrors: () => FieldName | undefined;
};

const EMPTY: LaunchForm = { repo: '', ref: '', path: '', pathKind: 'file' };

const readAddress = (text: string, providers: readonly ProviderDisplay[]): AddressReading => {
  const reading = parseRepositoryAddress(text);
  if (!reading.ok || providers.some(({ id }) => id === reading.address.provider)) return reading;
  const offered = providers.map(({ displayName }) => displayName).join(', ');
  return { ok: false, message: `This server has no provider “${reading.address.provider}”. It has: ${offered}.` };
};

type Readings = {
  readonly address: Signal<string>;
  readonly fields: Signal<LaunchForm>;
  readonly reading: ReadonlySignal<AddressReading>;
  readonly checked: ReadonlySignal<CheckedForm>;
};

/** Decides which messages are shown: none before its field was left or the form was sent. */
const createMessages = ({
  address,
  fields,
  reading,
  checked,
}: Readings): Pick<HomeForm, 'errorOf' | 'leave' | 'showErrors'> => {
  const left = signal<ReadonlySet<FieldName>>(new Set());
  const sent = signal(false);
  const isSentEmpty = (): boolean => sent.value && address.value === '' && fields.value.repo === '';
  const addressError = (): string | undefined =>
    reading.value.ok || (address.value === '' && !isSentEmpty()) ? undefined : reading.value.message;
  const errorOf = (field: FieldName): string | undefined => {
    if (!sent.value && !left.value.has(field)) return undefined;
    if (field === 'address') return addressError();
    // A form that was sent empty has one message, at the field to begin with.
    if (checked.value.ok || (field === 'repo' && isSentEmpty())) return undefined;
    return checked.value.errors[field];
  };
  return {
    errorOf,
    leave: (field) => {
      left.value = new Set([...left.value, field]);
    },
    showErrors: () => {
      sent.value = true;
      return FIELD_NAMES.find((name) => errorOf(name) !== undefined);
    },
  };
};

/** Makes the form: the pasted address fills in the fields, and the link is made of the fields. */
export const createHomeForm = (): HomeForm => {
  const address = signal('');
  const fields = signal(EMPTY);
  const providers = signal<readonly ProviderDisplay[]>(BASIC_PROVIDERS);
  const providerId = signal(BASIC_PROVIDERS[0].id);
  const provider = computed(
    () => providers.value.find(({ id }) => id === providerId.value) ?? providers.value[0] ?? BASIC_PROVIDERS[0],
  );
  const checked = computed(() => checkLaunchForm(fields.value, provider.value));
  const reading = computed(() => readAddress(address.value, providers.value));
  return {
    ...createMessages({ address, fields, reading, checked }),
    address,
    fields,
    providers,
    provider,
    checked,
    note: computed(() => (reading.value.ok ? (reading.value.note ?? '') : '')),
    typeAddress: (text) => {
      address.value = text;
      if (!reading.value.ok) {
        // What an earlier address filled in would launch something else than what stands in the field.
        fields.value = EMPTY;
        return;
      }
      const { provider, repo, ref = '', path } = reading.value.address;
      providerId.value = provider;
      fields.value = { repo, ref, path: path?.value ?? '', pathKind: path?.kind ?? 'file' };
    },
    change: (changed) => {
      if (!reading.value.ok) address.value = '';
      fields.value = { ...fields.value, ...changed };
    },
    chooseProvider: (id) => {
      providerId.value = id;
    },
  };
};
