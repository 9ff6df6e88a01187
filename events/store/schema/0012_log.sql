-- The Merkle trees over events, readings and refusals, and the checkpoints signed over them.
set local role traject_owner;
