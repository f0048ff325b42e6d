import { lifeInDistOnGitLab } from "../world/mortal/dist-on-gitlab.js";
import { isKilledAllAlong } from "../world/mortal/killed.js";

isKilledAllAlong(lifeInDistOnGitLab);
