import { lifeInDistOnGitHub } from "../world/mortal/dist-on-github.js";
import { isKilledAllAlong } from "../world/mortal/killed.js";

isKilledAllAlong(lifeInDistOnGitHub);
