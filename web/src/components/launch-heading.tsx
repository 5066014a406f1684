import type { RequestDescription } from '../launch/describe-request.ts';

type LaunchHeadingProps = {
  readonly provider: string;
  readonly request: RequestDescription;
  readonly refused: string | undefined;
};

const PROVIDERS: Readonly<Record<string, string>> = {
  gh: 'GitHub',
  git: 'Git repository',
  gl: 'GitLab',
  gist: 'GitHub Gist',
};

/** Which repository is launched, at which ref, and what will be opened. */
export const LaunchHeading = ({ provider, request, refused }: LaunchHeadingProps) => (
  <header class="launch-heading">
    <p class="eyebrow">{PROVIDERS[provider] ?? provider}</p>
    <h1>{request.title}</h1>
    <p class="launch-facts">
      {request.ref !== undefined && (
        <span>
          at <code>{request.ref}</code>
        </span>
      )}
      {request.opens !== undefined && refused === undefined && (
        <span>
          opens <code>{request.opens}</code>
        </span>
      )}
    </p>
    {refused !== undefined && (
      <p class="notice">
        The link asks for <code>{refused}</code>, which is not inside of the session. JupyterLab will be opened instead.
      </p>
    )}
  </header>
);
