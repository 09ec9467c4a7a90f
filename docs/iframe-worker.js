// Browsers start no Worker from a file. Where the site is read from a disk, the script of a Worker,
// which is that of the search, runs in a hidden frame. (MkDocs Material looks for a file of this name
// and would load one from the network.)
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const scope = frame.contentWindow;
      const script = scope.document.createElement("script");
      // The script finds these under the names that they have in a Worker.
      scope.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.loaded = new Promise((resolve, reject) => {
        script.onload = resolve;
        script.onerror = reject;
      });
      this.scope = scope;
      script.src = new URL(url, document.baseURI);
      scope.document.body.append(script);
    }
    postMessage(data) {
      const event = () => new this.scope.MessageEvent("message", { data });
      this.loaded.then(() => this.scope.dispatchEvent(event()));
    }
  };
}
