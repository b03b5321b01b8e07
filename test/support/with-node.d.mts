export declare function fetchNode(major: number): Promise<string>;
