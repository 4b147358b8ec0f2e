"""The interactive risk map: one self-contained page by Folium."""
