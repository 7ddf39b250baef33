"""What the studies of forecasts share: how outcomes are held out, simple rankings, planted columns."""
