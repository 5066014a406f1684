type TextFieldProps = {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly onText: (text: string) => void;
  readonly onLeave: () => void;
  readonly placeholder: string;
  readonly disabled?: boolean;
  readonly autofocus?: boolean;
  readonly onPaste?: () => void;
};

/** A labelled text input with its hint and its error, which are read out together with it. */
export const TextField = ({ id, label, hint, error, onText, onLeave, ...input }: TextFieldProps) => (
  <div class="field">
    <label htmlFor={id}>{label}</label>
    <input
      autoCapitalize="none"
      autoComplete="off"
      spellcheck={false}
      type="text"
      {...input}
      id={id}
      aria-invalid={error !== undefined}
      aria-describedby={`${id}-help`}
      onInput={(event) => onText(event.currentTarget.value)}
      onBlur={onLeave}
    />
    <p id={`${id}-help`} class={error === undefined ? 'field-hint' : 'field-error'} aria-live="polite">
      {error ?? hint}
    </p>
  </div>
);
