import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Connection } from '../../connections/index.ts';
import { type EmployerFilter, PermissiblePurpose, UseCase, VerificationType } from '../../truework/schemas/enums.ts';
import { API_ORIGINS } from '../../truework/keys.ts';
import { Documents } from '../../documents/index.ts';
import {
  BACK,
  input,
  outcome,
  pick,
  runSteps,
  type Answer,
  type InputOptions,
  type StepOutcome,
} from '../../ui/steps.ts';
import { plain } from '../../ui/text.ts';
import { age } from '../../ui/age.ts';
import { kindName } from '../nodes/kinds.ts';
import { SSN_FIELD, type Drafts, type SavedDraft } from '../sending/drafts.ts';
import type { UnresolvedOrders } from '../sending/unresolved-orders.ts';
import {
  buildRequest,
  isDateOfBirth,
  previewOf,
  readName,
  type DraftApplicant,
  type CreatableKind,
  type Draft,
  type OrderRequest,
} from '../sending/draft.ts';
import { isTestSsn, parseSsn, TEST_APPLICANTS, type TestApplicant, type TestOutcome } from '../../truework/facts.ts';

const TOTAL_STEPS = 4;
/** JSON with comments: the body, below the address and the headers. */
const PREVIEW = 'New Order.jsonc';

interface Item<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export interface WizardDeps {
  readonly connection: Connection;
  readonly documents: Documents;
  readonly drafts: Drafts;
  readonly ledger: UnresolvedOrders;
}

/** An order that the user wants to send. */
export interface DraftedOrder {
  readonly draft: Draft;
  readonly draftId: string;
  readonly request: OrderRequest;
  /** The random value that identifies the order. */
  readonly correlation: string;
  /** First name and the initial of the last. */
  readonly applicant: string;
}

interface WizardStep {
  readonly ask: () => Promise<StepOutcome>;
  /** False if there is nothing to ask, given the answers so far. */
  readonly applies?: () => boolean;
  /** Whether a draft that is continued has the answer. */
  readonly isAnswered?: () => boolean;
}

const DISCARD: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('trash'),
  tooltip: vscode.l10n.t('Discard Draft'),
};

/**
 * Asks for everything an order needs, in four steps; the last one shows the request. All input is saved as a draft with
 * each keystroke, and offered again next time.
 */
export class OrderWizard {
  readonly #connection: Connection;
  readonly #documents: Documents;
  readonly #drafts: Drafts;
  readonly #ledger: UnresolvedOrders;
  readonly #correlation = randomUUID();
  #draftId: string = randomUUID();
  #draft: Draft;
  #own = false;
  #pending: Record<string, string> = {};
  /** The number of steps up to the last one that was answered. */
  #answered = 0;
  /** Whether steps are skipped that a continued draft has answers to. */
  #continuing = false;

  constructor({ connection, documents, drafts, ledger }: WizardDeps) {
    this.#connection = connection;
    this.#documents = documents;
    this.#drafts = drafts;
    this.#ledger = ledger;
    const settings = vscode.workspace.getConfiguration('truework.orders');
    const setting = <T extends readonly [string, ...string[]]>(
      name: string,
      schema: v.PicklistSchema<T, undefined>,
      fallback: T[number],
    ) => {
      const value = settings.get(name);
      return v.is(schema, value) ? value : fallback;
    };
    this.#draft = {
      kind: 'target-employer',
      applicant: { firstName: '', lastName: '', ssn: '' },
      companies: ['Acme Inc'],
      employerFilter: 'any-employers',
      type: setting('type', VerificationType, 'employment-income'),
      permissiblePurpose: setting('permissiblePurpose', PermissiblePurpose, 'credit-application'),
      useCase: setting('useCase', UseCase, 'mortgage'),
    };
  }

  /** @returns the order to send, or undefined if the user canceled */
  async run(): Promise<DraftedOrder | undefined> {
    let request: OrderRequest | undefined;
    const steps: readonly WizardStep[] = [
      { ask: () => this.#askKind() },
      // In production, this step asks for the name.
      {
        ask: () => this.#askApplicant(),
        isAnswered: () => this.#connection.environment !== 'production' || readName(this.#name) !== undefined,
      },
      ...this.#ownApplicantSteps(),
      {
        ask: () => this.#askEmployer(),
        isAnswered: () => this.#draft.kind !== 'target-employer' || this.#draft.companies.length > 0,
      },
      {
        ask: () =>
          this.#confirm((confirmed) => {
            request = confirmed;
          }),
        isAnswered: () => false,
      },
    ];
    try {
      const finished = await runSteps(steps.map((step, index) => () => this.#take(step, index)));
      if (!finished || !request) return undefined;
      return {
        draft: this.#draft,
        draftId: this.#draftId,
        request,
        correlation: this.#correlation,
        applicant: shortName(this.#draft),
      };
    } finally {
      await this.#closePreview();
    }
  }

  async #take(
    { ask, applies = () => true, isAnswered = () => true }: WizardStep,
    index: number,
  ): Promise<StepOutcome | 'skip'> {
    if (!applies()) return 'skip';
    if (this.#continuing && index < this.#answered && isAnswered()) return 'next';
    // From here on, the draft has no answers. Earlier steps without an answer have been asked.
    if (index >= this.#answered) this.#continuing = false;
    const outcome = await ask();
    if (outcome === 'back') this.#continuing = false;
    if (outcome !== 'next') return outcome;
    if (!this.#continuing) this.#answered = index + 1;
    // The kind alone is not worth saving; every change to a saved draft is.
    if (index > 0 || this.#drafts.get(this.#draftId)) this.#save();
    return outcome;
  }

  #save(): void {
    void this.#drafts.save({
      id: this.#draftId,
      connectionId: this.#connection.id,
      savedAt: Date.now(),
      draft: this.#draft,
      ownApplicant: this.#own,
      pending: { ...this.#pending },
      answered: this.#answered,
    });
  }

  #continue({ id, draft, ownApplicant, pending, answered }: SavedDraft): void {
    this.#draftId = id;
    this.#draft = draft;
    this.#own = ownApplicant;
    this.#pending = { ...pending };
    this.#answered = answered;
    this.#continuing = true;
  }

  /** An input box whose text is saved while it is typed. */
  async #input(field: string, options: InputOptions): Promise<Answer<string>> {
    const answer = await input({
      ...options,
      value: this.#pending[field] ?? options.value ?? '',
      onInput: (text) => {
        this.#pending[field] = text;
        this.#save();
      },
    });
    if (typeof answer === 'string')
      this.#pending = Object.fromEntries(Object.entries(this.#pending).filter(([name]) => name !== field));
    return answer;
  }

  get #name(): string {
    return [this.#draft.applicant.firstName, this.#draft.applicant.lastName].join(' ').trim();
  }

  get #title(): string {
    return this.#connection.environment === 'production'
      ? vscode.l10n.t('Create Order in PRODUCTION ({0})', this.#connection.alias)
      : vscode.l10n.t('Create Order ({0})', this.#connection.alias);
  }

  #set(part: Partial<Draft>): void {
    this.#draft = { ...this.#draft, ...part };
  }

  async #askKind(): Promise<StepOutcome> {
    const kinds: readonly Item<CreatableKind | SavedDraft>[] = [
      {
        value: 'target-employer',
        label: kindName('target-employer'),
        detail: vscode.l10n.t('One applicant at one employer that you name. The result comes later.'),
        iconPath: new vscode.ThemeIcon('organization'),
      },
      {
        value: 'employer-search',
        label: kindName('employer-search'),
        detail: vscode.l10n.t('Truework searches for the employers. The result comes within seconds.'),
        iconPath: new vscode.ThemeIcon('search'),
      },
      {
        value: 'truework-direct',
        label: kindName('truework-direct'),
        detail: vscode.l10n.t('The applicant signs in to a payroll provider in the Truework.js widget.'),
        iconPath: new vscode.ThemeIcon('account'),
      },
    ];
    const rows = () => {
      const drafts = this.#drafts.of(this.#connection.id).map((saved) => this.#draftItem(saved));
      return drafts.length === 0
        ? kinds
        : [...drafts, { label: '', kind: vscode.QuickPickItemKind.Separator, value: this.#draft.kind }, ...kinds];
    };
    const items = rows();
    const [first] = items;
    return outcome(
      await pick({
        title: this.#title,
        step: 1,
        totalSteps: TOTAL_STEPS,
        items,
        placeholder: vscode.l10n.t('Select the kind of order'),
        // At first, a draft is preselected.
        active:
          typeof first?.value === 'object' && this.#answered === 0
            ? first
            : kinds.find(({ value }) => value === this.#draft.kind),
        onItemButton: ({ value }) => {
          if (typeof value === 'object') void this.#drafts.discard(value.id);
          return rows();
        },
      }),
      ({ value }) => {
        if (typeof value === 'object') this.#continue(value);
        else this.#set({ kind: value });
      },
    );
  }

  #draftItem(saved: SavedDraft): Item<SavedDraft> {
    const { draft, savedAt, id } = saved;
    const unresolved = this.#ledger.unresolved.some(({ draftId }) => draftId === id);
    return {
      value: saved,
      label: vscode.l10n.t('Continue Draft'),
      description: [shortName(draft), kindName(draft.kind), age(new Date(savedAt), 'narrow')]
        .filter(Boolean)
        .join(' · '),
      iconPath: new vscode.ThemeIcon(unresolved ? 'question' : 'edit'),
      buttons: [DISCARD],
      ...(unresolved && {
        detail: vscode.l10n.t('This draft was sent, and it is not known yet whether the order was created.'),
      }),
    };
  }

  async #askApplicant(): Promise<StepOutcome> {
    this.#own = this.#connection.environment === 'production';
    if (this.#own) {
      // The test SSNs mean nothing in production.
      return outcome(await this.#askName(), (applicant) => {
        this.#set({ applicant });
      });
    }
    const direct = this.#draft.kind === 'truework-direct';
    const order = [...TEST_APPLICANTS].sort(
      (a, b) => Number(b.outcome === 'truework-direct' && direct) - Number(a.outcome === 'truework-direct' && direct),
    );
    const items: Item<TestApplicant | undefined>[] = order.map((applicant) => ({
      value: applicant,
      label: `${applicant.firstName} ${applicant.lastName}`,
      description: applicant.ssn,
      detail: [outcomeName(applicant.outcome), applicant.job].filter(Boolean).join(' · '),
    }));
    items.push({
      value: undefined,
      label: vscode.l10n.t('Enter Another Applicant…'),
      iconPath: new vscode.ThemeIcon('edit'),
      detail: vscode.l10n.t("Truework's sandbox rejects every SSN that is not in this list."),
    });
    return outcome(
      await pick({
        title: this.#title,
        step: 2,
        totalSteps: TOTAL_STEPS,
        back: true,
        items,
        placeholder: vscode.l10n.t('Select an applicant. The SSN determines the result in the sandbox.'),
        active: items.find(({ value }) => value?.ssn === this.#draft.applicant.ssn),
      }),
      ({ value }) => {
        this.#own = value === undefined;
        if (value) this.#set({ applicant: { firstName: value.firstName, lastName: value.lastName, ssn: value.ssn } });
      },
    );
  }

  async #askName() {
    const answer = await this.#input('name', {
      title: this.#title,
      step: 2,
      totalSteps: TOTAL_STEPS,
      back: true,
      prompt: vscode.l10n.t('First and last name of the applicant'),
      value: this.#name,
      validate: (text) => (readName(text) ? undefined : vscode.l10n.t('Enter a first and a last name.')),
    });
    if (typeof answer !== 'string') return answer;
    const name = readName(answer);
    return name && { ...this.#draft.applicant, ...name };
  }

  /** Skipped for a test applicant. They are part of step 2. */
  #ownApplicantSteps(): readonly WizardStep[] {
    const frame = { title: this.#title, step: 2, totalSteps: TOTAL_STEPS, back: true };
    const change = (part: Partial<DraftApplicant>) => {
      this.#set({ applicant: { ...this.#draft.applicant, ...part } });
    };
    return [
      {
        applies: () => this.#own && this.#connection.environment !== 'production',
        isAnswered: () => readName(this.#name) !== undefined,
        ask: async () => outcome(await this.#askName(), change),
      },
      {
        applies: () => this.#own,
        isAnswered: () => parseSsn(this.#draft.applicant.ssn) !== undefined,
        ask: async () =>
          outcome(
            await this.#input(SSN_FIELD, {
              ...frame,
              password: true,
              prompt: vscode.l10n.t('Social security number'),
              placeholder: '000-00-0000',
              value: this.#draft.applicant.ssn,
              validate: (text) => {
                const ssn = parseSsn(text.trim());
                if (ssn === undefined) return vscode.l10n.t('Enter nine digits, as in 000-00-0000 or 000000000.');
                if (this.#connection.environment === 'sandbox' && !isTestSsn(ssn)) {
                  return {
                    message: vscode.l10n.t('This is not a documented test SSN. The sandbox will probably reject it.'),
                    severity: vscode.InputBoxValidationSeverity.Warning,
                  };
                }
                return undefined;
              },
            }),
            (text) => {
              const ssn = parseSsn(text.trim());
              if (ssn !== undefined) change({ ssn });
            },
          ),
      },
      {
        applies: () => this.#own,
        isAnswered: () => isDateOfBirth(this.#draft.applicant.dateOfBirth ?? '', Date.now()),
        ask: async () =>
          outcome(
            await this.#input('dateOfBirth', {
              ...frame,
              prompt: vscode.l10n.t('Date of birth'),
              placeholder: 'YYYY-MM-DD',
              value: this.#draft.applicant.dateOfBirth ?? '',
              validate: (text) =>
                isDateOfBirth(text.trim(), Date.now())
                  ? undefined
                  : vscode.l10n.t('Enter a date in the past as YYYY-MM-DD.'),
            }),
            (text) => {
              change({ dateOfBirth: text.trim() });
            },
          ),
      },
      {
        applies: () => this.#own && this.#draft.kind === 'truework-direct',
        isAnswered: () => isEmail(this.#draft.applicant.email ?? ''),
        ask: async () =>
          outcome(
            await this.#input('email', {
              ...frame,
              prompt: vscode.l10n.t('Email address of the applicant'),
              placeholder: 'jane@example.com',
              value: this.#draft.applicant.email ?? '',
              validate: (text) => (isEmail(text.trim()) ? undefined : vscode.l10n.t('Enter an email address.')),
            }),
            (text) => {
              change({ email: text.trim() });
            },
          ),
      },
    ];
  }

  async #askEmployer(): Promise<StepOutcome> {
    const frame = { title: this.#title, step: 3, totalSteps: TOTAL_STEPS, back: true };
    if (this.#draft.kind === 'employer-search') {
      const items: readonly Item<EmployerFilter>[] = [
        { value: 'any-employers', label: vscode.l10n.t('Any Employers') },
        { value: 'current-employers', label: vscode.l10n.t('Current Employers') },
        { value: 'previous-employers', label: vscode.l10n.t('Previous Employers') },
      ];
      return outcome(
        await pick({
          ...frame,
          items,
          placeholder: vscode.l10n.t('Select the employers to search for'),
          active: items.find(({ value }) => value === this.#draft.employerFilter),
        }),
        ({ value }) => {
          this.#set({ employerFilter: value });
        },
      );
    }
    const several = this.#draft.kind === 'truework-direct';
    return outcome(
      await this.#input('companies', {
        ...frame,
        prompt: several
          ? vscode.l10n.t('Employers to verify, separated by semicolons; leave empty to let the applicant choose')
          : vscode.l10n.t('Name of the employer'),
        placeholder: 'Acme Inc',
        value: this.#draft.companies.join('; '),
        validate: (text) =>
          several || text.trim() !== '' ? undefined : vscode.l10n.t('Enter the name of the employer.'),
      }),
      (text) => {
        const names = several ? text.split(';') : [text];
        this.#set({ companies: names.map((name) => name.trim()).filter((name) => name !== '') });
      },
    );
  }

  /** Shows the request, and lets the user change details until it is sent. */
  async #confirm(send: (request: OrderRequest) => void): Promise<StepOutcome> {
    for (;;) {
      const request = buildRequest(this.#draft, this.#correlation);
      await this.#showPreview(request);
      const change = (label: string, current: string, run: () => Promise<void>): Item<() => Promise<void>> => ({
        label,
        description: current,
        iconPath: new vscode.ThemeIcon('edit'),
        value: run,
      });
      const sendItem: Item<'send'> = {
        value: 'send',
        label:
          this.#connection.environment === 'production'
            ? vscode.l10n.t('Send to Production')
            : vscode.l10n.t('Send to Sandbox'),
        description: this.#connection.alias,
        iconPath: new vscode.ThemeIcon('send'),
      };
      const answer = await pick<Item<'send' | (() => Promise<void>)>>({
        title: this.#title,
        step: 4,
        totalSteps: TOTAL_STEPS,
        back: true,
        placeholder: vscode.l10n.t('The request is shown in the editor. Send it?'),
        items: [
          sendItem,
          change(vscode.l10n.t('Type'), this.#draft.type, () =>
            this.#choose(VerificationType.options, this.#draft.type, (type) => {
              this.#set({ type });
            }),
          ),
          change(vscode.l10n.t('Permissible purpose'), this.#draft.permissiblePurpose, () =>
            this.#choose(PermissiblePurpose.options, this.#draft.permissiblePurpose, (permissiblePurpose) => {
              this.#set({ permissiblePurpose });
            }),
          ),
          change(vscode.l10n.t('Use case'), this.#draft.useCase, () =>
            this.#choose(UseCase.options, this.#draft.useCase, (useCase) => {
              this.#set({ useCase });
            }),
          ),
          change(vscode.l10n.t('Search key'), this.#draft.searchKey ?? vscode.l10n.t('none'), () =>
            this.#askSearchKey(),
          ),
        ],
      });
      if (answer === undefined) return 'cancel';
      if (answer === BACK) return 'back';
      if (answer.value === 'send') {
        send(request);
        return 'next';
      }
      await answer.value();
      this.#save();
    }
  }

  async #choose<T extends string>(values: readonly T[], current: T, set: (value: T) => void): Promise<void> {
    const items = values.map((value): Item<T> => ({ value, label: value }));
    const answer = await pick({
      title: this.#title,
      step: 4,
      totalSteps: TOTAL_STEPS,
      back: true,
      items,
      active: items.find(({ value }) => value === current),
    });
    if (answer !== undefined && answer !== BACK) set(answer.value);
  }

  async #askSearchKey(): Promise<void> {
    const answer = await this.#input('searchKey', {
      title: this.#title,
      step: 4,
      totalSteps: TOTAL_STEPS,
      back: true,
      prompt: vscode.l10n.t('A text of your choice to find orders by; it does not have to be unique'),
      value: this.#draft.searchKey ?? '',
    });
    if (typeof answer !== 'string') return;
    const { searchKey, ...rest } = this.#draft;
    this.#draft = answer.trim() === '' ? rest : { ...rest, searchKey: answer.trim() };
  }

  async #showPreview(request: OrderRequest): Promise<void> {
    const { alias, environment, local } = this.#connection;
    const destination = {
      host: local ? vscode.l10n.t('the local sandbox') : new URL(API_ORIGINS[environment]).host,
      key: vscode.l10n.t('(the API key of "{0}")', plain(alias)),
    };
    const uri = this.#documents.put(PREVIEW, previewOf(request, destination, isTestSsn));
    await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: true });
  }

  async #closePreview(): Promise<void> {
    const uri = Documents.local(PREVIEW);
    const tabs = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
    await vscode.window.tabGroups.close(tabs);
    this.#documents.drop(uri);
  }
}

function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text);
}

function shortName({ applicant: { firstName, lastName } }: Draft): string {
  const [initial = ''] = lastName;
  return [firstName, initial && `${initial}.`].filter(Boolean).join(' ');
}

function outcomeName(outcome: TestOutcome): string {
  switch (outcome) {
    case 'completed':
      return vscode.l10n.t('Completed, one report');
    case 'two-reports':
      return vscode.l10n.t('Completed, two reports');
    case 'canceled':
      return vscode.l10n.t('Canceled, no report');
    case 'action-required':
      return vscode.l10n.t('Action required, no report');
    case 'truework-direct':
      return vscode.l10n.t('For Truework Direct');
  }
}
