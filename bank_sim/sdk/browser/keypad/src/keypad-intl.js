import { intl } from "./intl.js";
import { attach } from "./keypad.js";

attach(intl);
