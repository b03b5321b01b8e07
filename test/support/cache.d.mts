export declare const root: string;
export declare const cacheRoot: string;
export declare function cached(name: string, fill: (folder: string) => void | Promise<void>): Promise<string>;
