import { useEffect } from 'preact/hooks';

/** Shown for every address that is no page; a launch link that is cut off gets its own explanation. */
export const NotFoundPage = ({ pathname }: { readonly pathname: string }) => {
  const isCutOff = pathname.startsWith('/v2');
  useEffect(() => {
    document.title = 'Not found · Slipway';
  }, []);
  return (
    <section class="not-found">
      <p class="eyebrow">404</p>
      <h1>{isCutOff ? 'This launch link is not complete' : 'There is no page at this address'}</h1>
      <p>
        {isCutOff
          ? 'A launch link names a provider, a repository and a ref, for example /v2/gh/owner/repository/HEAD.'
          : 'The link may be old, or the address may have a typing error.'}{' '}
        On the home page you can make a correct link from the address of any repository.
      </p>
      <a class="button button-primary" href="/">
        Go to the home page
      </a>
    </section>
  );
};
