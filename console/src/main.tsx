import { createRoot } from "react-dom/client";
import { Console } from "./app/Console";
import "./app/base.css";
import "./parts/parts.css";

const place = document.getElementById("root");
if (place !== null) createRoot(place).render(<Console />);
