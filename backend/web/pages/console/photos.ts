// What residents see of a material, and how a photo gets from a desk to them.
import { catalogueListMaterials, catalogueListPhotos, catalogueListSynonyms, type SynonymOut } from "@/api";
import { ask } from "@/kit/client";
import { everyPage } from "@/kit/doing";

// Chinese before English, each as a dictionary has it.
const inOrder = (one: SynonymOut, other: SynonymOut): number => other.language.localeCompare(one.language) || one.word.localeCompare(other.word, one.language);

/** Every material with the photos that it is shown with, and the words that it is found by. */
export async function illustrated() {
  const [materials, photos, words] = await Promise.all([
    everyPage((cursor) => ask(catalogueListMaterials({ query: { cursor, limit: 100 } }))),
    everyPage((cursor) => ask(catalogueListPhotos({ query: { cursor, limit: 100 } }))),
    everyPage((cursor) => ask(catalogueListSynonyms({ query: { cursor, limit: 100 } }))),
  ]);
  return materials.map((material) => ({
    ...material,
    hung: photos.filter((photo) => photo.material === material.key),
    words: words.filter((each) => each.material === material.key && !each.withdrawn_at).sort(inOrder),
  }));
}

export type Illustrated = Awaited<ReturnType<typeof illustrated>>[number];

const MOST_BYTES = 600 * 1024;
const LONGEST = 1280;

/** A photo that is small enough to send; what is no picture stays as it is, and the server says what is wrong. */
export async function fitted(file: Blob): Promise<Blob> {
  if (file.size <= MOST_BYTES) return file;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const paper = canvas.getContext("2d")!;
  paper.fillStyle = "white"; // below what one sees through
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((made) => canvas.toBlob((blob) => made(blob ?? file), "image/jpeg", 0.85));
}

/** The bytes of a file in base64. */
export function lettersOf(file: Blob): Promise<string> {
  return new Promise((read, fail) => {
    const reader = new FileReader();
    reader.onload = () => read(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });
}
