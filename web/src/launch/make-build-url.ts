/** The stream of a launch, with the token that the server gave the page, where it gives any. */
export const makeBuildUrl = (provider: string, spec: string): string => {
  const token = document.querySelector<HTMLMetaElement>('meta[name="build-token"]')?.content ?? '';
  return `/build/${provider}/${spec}${token === '' ? '' : `?build_token=${token}`}`;
};
