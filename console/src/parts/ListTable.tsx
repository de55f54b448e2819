// A list with its written states: loading, empty, none match, failed, and rows with paging.

import type { UseQueryResult } from "@tanstack/react-query";
import { Grid, Table, type TableProps } from "antd";
import type { Key, ReactNode } from "react";
import { asProblem } from "../api/problem";
import { NoneMatch } from "./Empty";
import { Failure } from "./Failure";
import { Loading } from "./Loading";
import { Pager, type Paging } from "./paging";

interface PageOf<Item> {
  items: Item[];
  next_cursor?: string | null;
}

export function ListTable<Item extends object>(props: {
  query: UseQueryResult<PageOf<Item>>;
  columns: NonNullable<TableProps<Item>["columns"]>;
  rowKey: keyof Item & string;
  /** A row on a narrow screen; without it the table scrolls sideways. */
  card?: (item: Item) => ReactNode;
  paging: Paging;
  /** Shown when the list is empty and nothing is filtered. */
  empty: ReactNode;
  isFiltered: boolean;
  onClearFilters: () => void;
  label: string;
  onRow?: TableProps<Item>["onRow"];
  rowSelection?: TableProps<Item>["rowSelection"];
  minWidth?: number;
}) {
  const { query, paging, card } = props;
  const isNarrow = Grid.useBreakpoint().md === false;
  if (query.data === undefined) {
    return (
      <div className="table-scroll">
        {query.error !== null ? (
          <Failure problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
        ) : (
          <Loading rows={8} />
        )}
      </div>
    );
  }
  const { items, next_cursor } = query.data;
  if (items.length === 0 && paging.number === 1) {
    return (
      <div className="table-scroll">
        {props.isFiltered ? <NoneMatch onClear={props.onClearFilters} /> : props.empty}
      </div>
    );
  }
  if (card !== undefined && isNarrow) {
    return (
      <>
        <ul className="cards" aria-label={props.label}>
          {items.map((item) => (
            <li key={item[props.rowKey] as Key} className="panel">
              {card(item)}
            </li>
          ))}
        </ul>
        <Pager paging={paging} nextCursor={next_cursor} />
      </>
    );
  }
  return (
    <>
      <section className="table-scroll" aria-label={props.label} tabIndex={0}>
        <Table<Item>
          size="middle"
          columns={props.columns}
          dataSource={items}
          rowKey={props.rowKey}
          pagination={false}
          onRow={props.onRow}
          rowSelection={props.rowSelection}
          style={{ minWidth: props.minWidth }}
        />
      </section>
      <Pager paging={paging} nextCursor={next_cursor} />
    </>
  );
}
