import type { Metafile } from 'esbuild';

export declare function isAllowedLicense(expression: string): boolean;
export declare function bundledPackages(metafiles: readonly Pick<Metafile, 'outputs'>[]): string[];
export declare function thirdPartyNotices(root: string, folders: readonly string[]): string;
