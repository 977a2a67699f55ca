import { gm } from "./gm.js";
import { attach } from "./keypad.js";

attach(gm);
