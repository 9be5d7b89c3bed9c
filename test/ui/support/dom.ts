// As much of the browser's types as the page functions here need: the project is typed without a DOM.

export interface PageElement {
  textContent: string;
  style: { top: string };
  querySelector(selector: string): PageElement | null;
  getAttribute(name: string): string | null;
}

/** The style that is drawn, of an element or of what its style sheet puts behind it. */
export type ComputedStyle = (
  element: PageElement,
  pseudo?: string,
) => { content: string; color: string };

/** Calls back whenever something below an element is drawn anew. */
export interface Observer {
  observe(element: PageElement, options: Record<string, boolean>): void;
  disconnect(): void;
}

declare global {
  var MutationObserver: new (changed: () => void) => Observer;
  var getComputedStyle: ComputedStyle;
}
