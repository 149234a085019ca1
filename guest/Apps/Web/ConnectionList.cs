// SPDX-License-Identifier: MIT

/// <summary>Connections in the order in which they were added. A connection is in one list at most.</summary>
internal sealed class ConnectionList
{
    /// <summary>The one that was added first.</summary>
    internal WebConnection? First { get; private set; }

    /// <summary>The one that was added last.</summary>
    internal WebConnection? Last { get; private set; }

    /// <summary>How many they are.</summary>
    internal int Count { get; private set; }

    /// <summary>Takes a connection out of the list that it is in, if it is in one, and adds it here.</summary>
    internal void Add(WebConnection connection)
    {
        connection.List?.Remove(connection);
        connection.List = this;
        connection.Previous = Last;
        if (Last is null)
        {
            First = connection;
        }
        else
        {
            Last.Next = connection;
        }

        Last = connection;
        Count++;
    }

    /// <summary>Takes a connection out.</summary>
    internal void Remove(WebConnection connection)
    {
        if (connection.Previous is null)
        {
            First = connection.Next;
        }
        else
        {
            connection.Previous.Next = connection.Next;
        }

        if (connection.Next is null)
        {
            Last = connection.Previous;
        }
        else
        {
            connection.Next.Previous = connection.Previous;
        }

        connection.List = null;
        connection.Previous = null;
        connection.Next = null;
        Count--;
    }
}
