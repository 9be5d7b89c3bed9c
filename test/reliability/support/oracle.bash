#!/bin/bash
# The manifests of folders, made with find, b3sum and sort alone: `oracle.bash FOLDER…` prints, for each
# folder, its manifest's lines, then a line `id <BLAKE3 of these lines>`. Links are not in manifests.
export LC_ALL=C
set -u
for root in "$@"; do
  cd "$root" || exit 1
  declare -A kids=() total=()
  lines=()
  mapfile -d '' files < <(find . -name .snapdir -prune -o -type f -print0)
  if ((${#files[@]} > 0)); then
    mapfile -t sums < <(b3sum --no-names -- "${files[@]}")
    mapfile -t stats < <(stat -c '%a %s' -- "${files[@]}")
    for i in "${!files[@]}"; do
      path=${files[i]} mode=${stats[i]% *} bytes=${stats[i]#* }
      parent=${path%/*}
      lines+=("F $mode ${sums[i]} $bytes $path")
      kids["$parent"]="${kids["$parent"]:-}${sums[i]}"$'\n'
      total["$parent"]=$((${total["$parent"]:-0} + bytes))
    done
  fi
  # What is in a folder comes before the folder.
  while IFS= read -r -d '' path; do
    sum=$(printf %s "${kids["$path"]:-}" | sort -u | tr -d '\n' | b3sum --no-names)
    bytes=${total["$path"]:-0}
    lines+=("D $(stat -c %a -- "$path") $sum $bytes $path/")
    if [[ $path != . ]]; then
      parent=${path%/*}
      kids["$parent"]="${kids["$parent"]:-}$sum"$'\n'
      total["$parent"]=$((${total["$parent"]:-0} + bytes))
    fi
  done < <(find . -name .snapdir -prune -o -type d -print0 | sort -zr)
  text=$(printf '%s\n' "${lines[@]}" | sort -t ' ' -k 5)
  printf '%s\nid %s\n' "$text" "$(printf '%s\n' "$text" | b3sum --no-names)"
  unset kids total
done
