"""The wallet's pages: plain server-rendered HTML that works without scripts. Pages hold no rules of their own."""
