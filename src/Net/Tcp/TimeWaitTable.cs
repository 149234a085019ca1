// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>
/// Connections in TIME-WAIT (RFC 9293 section 3.4.2): records in an array that doubles up to its bound, found by their
/// endpoints, in the order in which they expire, which is the order in which they came.
/// </summary>
internal sealed class TimeWaitTable(TcpSecrets secrets, int countMax)
{
    /// <summary>No record.</summary>
    public const int None = -1;

    private const int FirstCapacity = 16;

    private TimeWaitRecord[] _records = [];
    private int[] _buckets = [];
    private int _free = None;
    private int _earliest = None;
    private int _latest = None;

    /// <summary>Number of records.</summary>
    public int Count { get; private set; }

    /// <summary>When the next one expires; ulong.MaxValue if none.</summary>
    public ulong NextNs => _earliest == None ? ulong.MaxValue : _records[_earliest].ExpiresNs;

    /// <summary>A record.</summary>
    public ref TimeWaitRecord this[int index] => ref _records[index];

    /// <summary>Finds a record.</summary>
    /// <returns>Its index, or <see cref="None"/>.</returns>
    public int Find(in IpEndpoint local, in IpEndpoint remote)
    {
        if (Count == 0)
        {
            return None;
        }

        uint hash = (uint)secrets.Bucket(local, remote);
        int index = _buckets[hash & (uint)(_buckets.Length - 1)];
        while (index != None && !(_records[index].Hash == hash && _records[index].Remote == remote
            && _records[index].Local == local))
        {
            index = _records[index].HashNext;
        }

        return index;
    }

    /// <summary>Adds a record that expires last.</summary>
    /// <returns>Its index, or <see cref="None"/> if there is no place.</returns>
    public int Add(in TimeWaitRecord record)
    {
        if (_free == None && !Grow())
        {
            return None;
        }

        int index = _free;
        _free = _records[index].HashNext;
        _records[index] = record;
        _records[index].Hash = (uint)secrets.Bucket(record.Local, record.Remote);
        LinkHash(index);
        LinkLast(index);
        Count++;
        return index;
    }

    /// <summary>Starts the time of a record anew.</summary>
    public void Restart(int index, ulong expiresNs)
    {
        UnlinkOrder(index);
        _records[index].ExpiresNs = expiresNs;
        LinkLast(index);
    }

    /// <summary>Removes a record.</summary>
    public void Remove(int index)
    {
        ref int link = ref _buckets[_records[index].Hash & (uint)(_buckets.Length - 1)];
        while (link != index)
        {
            link = ref _records[link].HashNext;
        }

        link = _records[index].HashNext;
        UnlinkOrder(index);
        _records[index].HashNext = _free;
        _free = index;
        Count--;
    }

    /// <summary>Removes what has expired.</summary>
    public void Expire(ulong nowNs)
    {
        while (_earliest != None && _records[_earliest].ExpiresNs <= nowNs)
        {
            Remove(_earliest);
        }
    }

    private bool Grow()
    {
        int old = _records.Length;
        int capacity = Math.Min(old == 0 ? FirstCapacity : old * 2, countMax);
        if (capacity <= old)
        {
            return false;
        }

        TimeWaitRecord[] larger = new TimeWaitRecord[capacity];
        _records.AsSpan().CopyTo(larger);
        _records = larger;
        for (int i = capacity - 1; i >= old; i--)
        {
            _records[i].HashNext = _free;
            _free = i;
        }

        int buckets = FirstCapacity;
        while (buckets < capacity)
        {
            buckets *= 2;
        }

        _buckets = new int[buckets];
        _buckets.AsSpan().Fill(None);
        for (int i = _earliest; i != None; i = _records[i].Later)
        {
            LinkHash(i);
        }

        return true;
    }

    private void LinkHash(int index)
    {
        ref int bucket = ref _buckets[_records[index].Hash & (uint)(_buckets.Length - 1)];
        _records[index].HashNext = bucket;
        bucket = index;
    }

    private void LinkLast(int index)
    {
        _records[index].Later = None;
        _records[index].Earlier = _latest;
        if (_latest == None)
        {
            _earliest = index;
        }
        else
        {
            _records[_latest].Later = index;
        }

        _latest = index;
    }

    private void UnlinkOrder(int index)
    {
        int earlier = _records[index].Earlier;
        int later = _records[index].Later;
        if (earlier == None)
        {
            _earliest = later;
        }
        else
        {
            _records[earlier].Later = later;
        }

        if (later == None)
        {
            _latest = earlier;
        }
        else
        {
            _records[later].Earlier = earlier;
        }
    }
}
