/** Parts that several kinds of responses share. */
import type { Address } from '../truework/schemas/report.ts';
import type { AddressInput } from '../truework/schemas/requests.ts';

/** Optional data that a request can include in the response. */
export interface Extras {
  readonly incomeAnalytics: boolean;
  readonly reportAnnotations: boolean;
}

export const wrapValue = (value: string): { canonical_value: string; raw_value: string } => ({
  canonical_value: value,
  raw_value: value,
});

export function addressView(address: AddressInput | null | undefined): Address | null {
  return address
    ? {
        address: address.address ?? null,
        city: address.city ?? null,
        country_code: address.country_code ?? null,
        country_subdivision_code: address.country_subdivision_code ?? null,
        extended_address: address.extended_address ?? null,
        postal_code: address.postal_code ?? null,
      }
    : null;
}
