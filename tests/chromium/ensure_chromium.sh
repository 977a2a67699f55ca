#!/usr/bin/env bash
# Brings what the tests in a real browser need: a Chromium and fonts for Chinese. Says what it does, and does nothing
# where both are there already. Without root or apt it says so and leaves it at that: the tests are then skipped.
# Where Debian offers the same engine without windows, it brings that too, and the tests take less time; no must.
set -euo pipefail

missing=()
chromium=""
for each in chromium chromium-browser google-chrome-stable google-chrome microsoft-edge; do
  if command -v "$each" >/dev/null; then chromium=$each; break; fi
done
for each in "Chromium" "Google Chrome" "Microsoft Edge"; do
  if [ -x "/Applications/$each.app/Contents/MacOS/$each" ]; then chromium=$each; fi
done
[ -n "$chromium" ] || missing+=(chromium)
if command -v fc-list >/dev/null; then
  [ -n "$(fc-list :lang=zh-cn family)" ] || missing+=(fonts-noto-cjk)
elif [ "$(uname)" = Linux ]; then
  missing+=(fontconfig fonts-noto-cjk)
fi

quicker=chromium-headless-shell
if command -v "$quicker" >/dev/null || ! command -v apt-cache >/dev/null; then quicker=""; fi

if [ ${#missing[@]} -eq 0 ] && [ -z "$quicker" ]; then
  exit 0
fi
if [ ${#missing[@]} -gt 0 ] && ! command -v apt-get >/dev/null; then
  echo "Tests in a real browser need ${missing[*]}; install them with your system's packages. Without them these tests are skipped."
  exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    [ ${#missing[@]} -eq 0 ] \
      || echo "Tests in a real browser need: sudo apt-get install ${missing[*]}. Without them these tests are skipped."
    exit 0
  fi
  as_root=(sudo -n)
fi
install() {
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
if [ ${#missing[@]} -gt 0 ]; then
  echo "Installing ${missing[*]} with apt-get for the tests in a real browser ..."
  if ! { "${as_root[@]}" apt-get update -qq >/dev/null && install "${missing[@]}"; }; then
    echo "That did not work; these tests are skipped."
    exit 0
  fi
fi
if [ -n "$quicker" ] && apt-cache show "$quicker" >/dev/null 2>&1; then
  echo "Installing $quicker with apt-get, so that they take less time ..."
  # Never at the price of the browser that is there.
  install --no-remove "$quicker" 2>/dev/null || echo "That did not work; they run in the browser with windows."
fi
