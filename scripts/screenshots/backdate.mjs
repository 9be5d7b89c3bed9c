// Loaded into the command before anything else: its clock goes SNAPDIR_BACKDATE_MS behind.
const realNow = Date.now;
Date.now = () => realNow() - Number(process.env.SNAPDIR_BACKDATE_MS ?? 0);
